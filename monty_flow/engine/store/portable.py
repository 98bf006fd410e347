"""All rows of a run, by table and column, so that they can be taken to another database.

Every table with a `run_id` takes part, also those that a later revision adds. Rows go by the names of their columns.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.engine import Dialect

from monty_flow.engine.schema import metadata, runs, scripts
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import OPEN, Statement

Rows = dict[str, list[dict[str, Any]]]


def tables_of_runs() -> list[Table]:
    """Return the tables whose rows belong to a run, those that others refer to first."""
    return [table for table in metadata.sorted_tables if 'run_id' in table.c]


class Portable(Operations):
    """What a store does with a run as a whole."""

    def rows_of_run(self, run_id: str) -> Rows:
        """Return the rows of a run and of its script."""
        found: Rows = {'runs': self._rows(runs, 'id', run_id)}
        for run in found['runs']:
            found['scripts'] = self._rows(scripts, 'hash', run['script_hash'])
        for table in tables_of_runs():
            found[table.name] = self._rows(table, 'run_id', run_id)
        return found

    def insert_rows(self, found: Rows) -> None:
        """Insert rows of a run; whoever calls has seen that they are not there and that this schema has their columns."""
        for table in (scripts, runs, *tables_of_runs()):
            for row in found.get(table.name, ()):
                clause = insert(table).values({name: bindparam(OPEN + name, required=False) for name in row})
                self._execute_many(Statement(clause, self._dialect), [row])
        self._left_work()

    def _rows(self, table: Table, column: str, value: str) -> list[dict[str, Any]]:
        clause = select(table).where(table.c[column] == bindparam(OPEN + 'value', required=False))
        names = [each.name for each in table.c]
        order = list(table.primary_key.columns)
        rows = self._query(Statement(clause.order_by(*order), self._dialect), {'value': value})
        return [dict(zip(names, row, strict=True)) for row in rows]

    @property
    def _dialect(self) -> Dialect:
        dialect: Dialect = self.dialect
        return dialect


def columns_of(table: str) -> frozenset[str]:
    """Return the names of the columns of a table, nothing for one that this schema has not."""
    found = metadata.tables.get(table)
    return frozenset() if found is None else frozenset(column.name for column in found.c)

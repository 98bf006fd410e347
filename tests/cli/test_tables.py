"""Tables are as wide as what they hold."""

from __future__ import annotations

import pytest

from monty_flow.cli.tables import CALL_COLUMNS, RUN_COLUMNS, Column, render

COLUMNS = (Column('NAME', lambda row: row[0]), Column('SIZE', lambda row: str(row[1]), flush_right=True))


def test_columns_are_as_wide_as_what_they_hold() -> None:
    text = render(COLUMNS, [('a', 5), ('longer', 12345)])

    assert text == 'NAME     SIZE\na           5\nlonger  12345'


def test_a_table_without_rows_is_its_headings() -> None:
    assert render(COLUMNS, []) == 'NAME  SIZE'


@pytest.mark.parametrize('columns', [RUN_COLUMNS, CALL_COLUMNS])
def test_headings_are_not_used_twice(columns: tuple[Column, ...]) -> None:
    titles = [column.title for column in columns]

    assert len(set(titles)) == len(titles)

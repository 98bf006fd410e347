"""The part of `Engine` that lets a run go on otherwise: forks from its past, and moves to another script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from monty_flow.engine.codec import Codec
from monty_flow.engine.errors import WrongStatus
from monty_flow.engine.forking import AS_IT_IS, Edit, Edited, Forked, check_restart, edited, fork, migrate, restart
from monty_flow.engine.ids import IdSource
from monty_flow.engine.large import LargeValues
from monty_flow.engine.records import Run
from monty_flow.engine.states import RunStatus
from monty_flow.engine.store import Store
from monty_flow.engine.transitions import Program

Result = TypeVar('Result')
#: In which a run can be moved to another script, as long as no call of it is being executed.
MOVABLE = (RunStatus.WAITING, RunStatus.PAUSED)


class Branching:
    """Forks and migrations."""

    _ids: IdSource
    _large: LargeValues

    @property
    def _codec(self) -> Codec:
        raise NotImplementedError

    def get(self, run_id: str) -> Run:
        """Return the run of an id."""
        raise NotImplementedError

    def _write(self, operate: Callable[[Store], Result]) -> Result:
        raise NotImplementedError

    def _program_at(self, run: Run, step: int) -> Program:
        raise NotImplementedError

    def fork(
        self,
        run_id: str,
        *,
        at: int | None = None,
        result: Any = AS_IT_IS,
        variables: Mapping[str, Any] | None = None,
        source: str | None = None,
        dry_run: bool = False,
    ) -> Forked:
        """Submit a run that goes on from the state of another one after its step `at` (None: the newest; 0: from the start).

        `result` is what the call comes to at which it waits there, instead of executing it again; `variables` are given other
        values, and `source` is another version of the script, which is taken when every function that stands in the middle has
        its counterpart there. With `dry_run` nothing is stored, and the answer says which line stands for which. Raises
        ForkRefused where that cannot be.
        """
        run = self.get(run_id)
        step = run.step if at is None else at
        if step == 0:
            return self._restarted(run, Edit(source, variables, result), dry_run)
        edit = self._edited(run, step, Edit(source, variables, result))
        if dry_run:
            return _forked(None, edit)
        new_id = self._ids.next()
        self._write(lambda store: fork(store, run, step, new_id, edit, self._codec))
        return _forked(self.get(new_id), edit)

    def _restarted(self, run: Run, edit: Edit, dry_run: bool) -> Forked:
        stored = self._program_at(run, 0)
        check_restart(run, stored, edit)
        if dry_run:
            return Forked(None, (), (), ())
        new_id = self._ids.next()
        self._write(lambda store: restart(store, run, stored, new_id, edit))
        return Forked(self.get(new_id), (), (), ())

    def migrate(self, run_id: str, source: str, *, dry_run: bool = False) -> Forked:
        """Let a waiting or paused run go on in another version of its script, under the rules of `fork`.

        Raises WrongStatus for a run in another status, or that has a call in a worker's hands (pause it, and try again when it
        waits), and ForkRefused for a script that does not fit.
        """
        run = self.get(run_id)
        if run.status not in MOVABLE:
            raise WrongStatus(run.id, 'moved to another script', run.status, MOVABLE)
        edit = self._edited(run, run.step, Edit(source))
        if dry_run:
            return _forked(None, edit)
        if not self._write(lambda store: migrate(store, run, edit, self._codec)):
            raise WrongStatus(run.id, 'moved to another script', 'in the hands of a worker', MOVABLE)
        return _forked(self.get(run.id), edit)

    def _edited(self, run: Run, step: int, edit: Edit) -> Edited:
        return edited(run, step, self._program_at(run, step), self._codec, self._large.contents, edit)


def _forked(run: Run | None, edit: Edited) -> Forked:
    return Forked(run, edit.moves, edit.unbound, edit.waits_for)

"""Calls that were begun several times and never came to an end, as they may be what ends their workers: one of them at a time.

Whoever is in hand beside a call that kills its worker is set back too, and must not be set aside for it. So a call that was set back
a few times is a suspect, and a worker has one suspect in hand at most. From then on a call that kills is alone among the suspects, and
what is in hand beside it has fewer setbacks than a suspect has. The others are left to be claimed once it is gone, by this worker or by another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monty_flow.engine.transitions import Claim

if TYPE_CHECKING:
    from monty_flow.engine.hands import Hands

#: Setbacks with which a call becomes a suspect. Not with the first: a worker that is killed by others leaves many calls that are
#: better done side by side.
SUSPECT_AFTER = 2
#: More than any call has.
_NEVER = 2**31 - 1


def suspect_after(max_setbacks: int) -> int:
    """Return the setbacks that make a suspect, so few that others are not set aside before."""
    return max(1, min(SUSPECT_AFTER, max_setbacks - 1))


class Suspicion:
    """What a claim may take of suspects: the first, unless one is in hand."""

    def __init__(self, after: int = _NEVER, *, has_one: bool = False) -> None:
        self._after = after
        self._has_one = has_one
        #: Whether suspects were left that the next claim is not to look at.
        self.left_some = False

    @property
    def most_setbacks(self) -> int:
        """The setbacks below which calls are looked at."""
        return self._after if self._has_one else _NEVER

    def admitted(self, claims: list[Claim]) -> list[Claim]:
        """Return the calls that may be taken."""
        taken = []
        for claim in claims:
            # The attempt that is about to begin is counted already.
            if claim.attempt - 1 - claim.failures >= self._after:
                if self._has_one:
                    self.left_some = True
                    continue
                self._has_one = True
            taken.append(claim)
        return taken


class Suspects:
    """Whether a worker has a suspect in hand, as its coordinator saw it last."""

    def __init__(self, hands: Hands, max_setbacks: int) -> None:
        self._hands = hands
        self._after = suspect_after(max_setbacks)
        self.has_one = False

    def suspicion(self) -> Suspicion:
        """Return what the next claim may take."""
        return Suspicion(self._after, has_one=self.has_one)

    def see_taken(self) -> None:
        """Look whether what was claimed is one."""
        # One that has gone since is still to be seen gone: others were left for it.
        self.has_one = self.has_one or self._hands.has_setbacks(self._after)

    def see_it_gone(self) -> bool:
        """Tell whether there was one, which is not in hand any more."""
        was, self.has_one = self.has_one, self.has_one and self._hands.has_setbacks(self._after)
        return was and not self.has_one

"""Which calls a worker has in hand, of which runs, and how many more it may take."""

from __future__ import annotations

import threading
from collections import OrderedDict

from monty_flow.engine.live import Hand, LiveRun
from monty_flow.engine.transitions import Claim

#: Live states of waiting runs that a worker keeps, to go on without loading them.
KEPT_RUNS = 1000


class Hands:
    """The calls in hand and their runs; for several threads."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._hands: dict[tuple[str, int], Hand] = {}
        self._runs: dict[str, LiveRun] = {}
        self._kept: OrderedDict[str, LiveRun] = OrderedDict()
        self._reserved = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._hands)

    def all(self) -> list[Hand]:
        """Return all calls in hand."""
        with self._lock:
            return list(self._hands.values())

    def holds(self, hand: Hand) -> bool:
        """Tell whether a call is in hand still."""
        return self._hands.get(hand.place) is hand

    def has_run(self, run_id: str) -> bool:
        """Tell whether calls of a run are in hand."""
        return run_id in self._runs

    def has_setbacks(self, setbacks: int) -> bool:
        """Tell whether a call is in hand that was begun so often, and never came to an end."""
        return any(hand.recorded is None and hand.attempt - 1 - hand.failures >= setbacks for hand in self.all())

    def free(self) -> int:
        """Return how many calls may be claimed."""
        return self._concurrency - len(self._hands) - self._reserved

    def reserve(self, wanted: int) -> int:
        """Take up to `wanted` places for calls that are about to be begun, and return how many."""
        with self._lock:
            taken = max(0, min(wanted, self.free()))
            self._reserved += taken
            return taken

    def unreserve(self, places: int) -> None:
        """Give places back that `reserve` took, whether their calls are in hand by now or not."""
        if places:
            with self._lock:
                self._reserved -= places

    def claimed(self, claim: Claim, session: str) -> Hand:
        """Take a call in hand that was claimed."""
        with self._lock:
            run = self._runs.get(claim.run_id)
            if run is not None:
                run.learn(claim)
            else:
                run = self._runs[claim.run_id] = self._known(claim, session)
            hand = Hand.of_claim(run, claim)
            self._add(hand)
            return hand

    def _known(self, claim: Claim, session: str) -> LiveRun:
        kept = self._kept.pop(claim.run_id, None)
        if kept is None:
            return LiveRun(claim, session)
        if kept.version == claim.version and kept.session == session and claim.number in kept.calls:
            return kept
        return LiveRun(claim, session, kept.state if kept.step == claim.step else None)

    def begin(self, hand: Hand) -> None:
        """Take a call in hand that a step has begun."""
        with self._lock:
            self._runs[hand.run.id] = hand.run
            self._add(hand)

    def _add(self, hand: Hand) -> None:
        self._hands[hand.place] = hand
        hand.run.hands[hand.number] = hand

    def let_go(self, hand: Hand) -> None:
        """Forget a call; of a run of which no other is in hand, the state is kept for a while if it waits."""
        run = hand.run
        with self._lock:
            if self._hands.get(hand.place) is hand:
                del self._hands[hand.place]
            if run.hands.get(hand.number) is hand:
                del run.hands[hand.number]
            if run.hands or self._runs.get(run.id) is not run:
                return
            del self._runs[run.id]
            if run.is_waiting and run.state is not None:
                self._kept[run.id] = run
                while len(self._kept) > KEPT_RUNS:
                    self._kept.popitem(last=False)

    def drop(self, run: LiveRun) -> list[Hand]:
        """Forget a run with all its calls in hand, and return these."""
        with self._lock:
            dropped = [*run.hands.values()]
            for hand in dropped:
                if self._hands.get(hand.place) is hand:
                    del self._hands[hand.place]
            run.hands.clear()
            run.beginning = []
            self._reserved -= run.reserved
            run.reserved = 0
            if self._runs.get(run.id) is run:
                del self._runs[run.id]
            return dropped

    def places(self) -> frozenset[tuple[str, int]]:
        """Return run and number of each call that is in hand, or will be when the step that begins it is committed."""
        with self._lock:
            beginning = [hand.place for run in self._runs.values() for hand in run.beginning]
            return frozenset([*self._hands, *beginning])

    def clear(self) -> None:
        """Forget all calls, which others have by now."""
        with self._lock:
            self._hands.clear()
            self._runs.clear()

"""Take over snapshots that are not signed yet: those of a database that had no keys before."""

from __future__ import annotations

from monty_flow.engine.codec import Codec, is_signed
from monty_flow.engine.store import Store


def adopt(store: Store, codec: Codec) -> int:
    """Sign all snapshots that are not, as they are, and return how many these were.

    This says that whoever wrote the database so far is trusted. It goes in batches, each a short transaction.
    """
    plain = Codec(None)
    adopted = 0
    after = ('', -1)
    while True:
        with store.transaction():
            found = store.some_snapshots(after)
            unsigned = [row for row in found if not is_signed(row[2])]
            store.replace_snapshots(
                [(run_id, number, codec.seal(run_id, number, plain.open(run_id, number, data)))
                 for run_id, number, data in unsigned]
            )  # fmt: skip
        adopted += len(unsigned)
        if not found:
            return adopted
        after = found[-1][:2]

"""Rebuilds the graph from SQL, for a new layout or after a loss. Can be broken off and run again at any time."""

from collections.abc import Callable
from dataclasses import dataclass

from src_v2.core.errors import StoreError
from src_v2.knowledge.graph import LAYOUT
from src_v2.knowledge.projection import Projection
from src_v2.knowledge.store import KnowledgeStore
from src_v2.knowledge.unlearning import Unlearning

STRETCHES_AT_ONCE = 50

Progress = Callable[[int, int], None]
"""Called with (done, in all)."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: how many claims it brought, how many that SQL does not have it removed."""

    claims: int
    orphans: int


async def rebuild(store: KnowledgeStore, projection: Projection, progress: Progress) -> Rebuilt:
    """Bring every claim into the graph anew and remove what SQL does not have.

    Raises StoreError when the graph does not hold what it should afterwards, StoreUnavailable when it cannot be
    reached: run again, it goes on.
    """
    await projection.start_over()
    total = await store.count_to_graph(LAYOUT)
    progress(0, total)
    done, batch = 0, await projection.project_batch(anew=True)
    while batch.last:
        done += batch.projected
        progress(done, max(total, done))
        batch = await projection.project_batch(after=batch.last, anew=True)
    orphans = await projection.remove_orphans()
    if await projection.is_short():
        raise StoreError("the graph holds fewer facts than SQL; run it again")
    return Rebuilt(done, orphans)


async def relearn(store: KnowledgeStore, unlearning: Unlearning, progress: Progress) -> int:
    """Forget all that was learned by reading sessions back, so that each is read anew; return how many stretches.

    What was understood at once stays. Jobs read the sessions afterwards. `progress` hears of stretches.
    """
    batches = await store.batches()
    progress(0, len(batches))
    for start in range(0, len(batches), STRETCHES_AT_ONCE):
        some = batches[start : start + STRETCHES_AT_ONCE]
        await unlearning.unlearn((), some, mark=some[0])
        progress(start + len(some), len(batches))
    return len(batches)

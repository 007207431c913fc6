"""Wires what people can do with their own data: everything that holds some, the desk, the eraser."""

from collections.abc import Awaitable, Callable

from src_v2.characters.service import Characters
from src_v2.core.clock import Clock
from src_v2.core.holdings import Holding
from src_v2.core.retention import Retention
from src_v2.core.scope import Scope
from src_v2.knowledge.graph import KnowledgeGraph
from src_v2.knowledge.service import Knowledge
from src_v2.media.waiting import PictureFiles
from src_v2.memory.browsing import Browsing
from src_v2.memory.indexer import Indexer
from src_v2.memory.jobs import forget_request
from src_v2.memory.recall import Recall
from src_v2.memory.spool import Spool
from src_v2.memory.store import MemoryStore
from src_v2.memory.writer import Writer
from src_v2.privacy.bringing import Bringing
from src_v2.privacy.derived import Cached, GraphRelations, VectorPoints, Waiting
from src_v2.privacy.desk import Deciding, Desk
from src_v2.privacy.erasing import Eraser, Halt
from src_v2.privacy.erasures import Erasures
from src_v2.privacy.exporting import Exporter
from src_v2.privacy.retaining import Retaining
from src_v2.privacy.rows import Rows
from src_v2.storage.stores import Stores


def holdings(
    stores: Stores,
    indexer: Indexer,
    spool: Spool,
    pictures: PictureFiles,
    forget: Callable[[str], Awaitable[None]],
    outdate: Callable[[Scope], Awaitable[None]],
) -> list[Holding]:
    """Return everything that holds personal data, SQL first: the others are filled from it."""
    return [
        Rows(stores.database),
        VectorPoints(stores.vectors, indexer.family),
        GraphRelations(KnowledgeGraph(stores.graph)),
        Cached(forget, outdate),
        Waiting(spool),
        pictures,
    ]


def eraser(held: list[Holding], stores: Stores, writer: Writer, halt: Halt) -> Eraser:
    """Return what erases; `halt` ends what is being said right now."""
    return Eraser(held, ready=writer.require_caught_up, halt=halt, settle=stores.settle)


def retaining(stores: Stores, eraser_: Eraser, characters: Characters, default: str, clock: Clock) -> Retaining:
    """Return what removes the old; `default` is the policy of characters that have none of their own."""

    def of_characters() -> dict[str, Retention]:
        otherwise = Retention.parse(default)
        return {name: characters.get(name).core.retention or otherwise for name in characters.names()}

    return Retaining(
        stores.database, eraser_, clock, of_characters=of_characters, forget_vectors=lambda ids: [forget_request(ids)]
    )


def desk(
    held: list[Holding],
    stores: Stores,
    store: MemoryStore,
    recall: Recall,
    knowledge: Knowledge,
    deciding: Deciding,
    writer: Writer,
    clock: Clock,
    erasures: Erasures,
) -> Desk:
    """Return the desk that every door offers."""
    return Desk(
        store, Browsing(stores.database), recall, knowledge, deciding, Exporter(held, clock), erasures,
        Bringing(stores.database, clock), clock, ready=writer.require_caught_up,
    )  # fmt: skip

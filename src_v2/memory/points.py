"""What of a message is indexed: its texts, and the points that they become in the vector store. Encodes nothing dense.

A message is found by three vectors. Its words, with those of what came before it, who spoke and the date; the meaning
of all that as one; and the meaning of each of its sentences. Nothing here depends on what is said later, so that a
message is indexed once. A long message is several points, each of which leads to the whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from src_v2.core.keys import TRACE_KEY, KeyItem
from src_v2.core.tokens import estimate_tokens
from src_v2.memory.embeddings.base import Embedder, Vectors
from src_v2.memory.lexical import encode_document
from src_v2.memory.models import IndexItem
from src_v2.storage.vectors.base import PayloadValue, Point, SparseVector

LAYOUT = 2
"""Raised whenever points of an older form must be made anew. The first one had no number in its collections' names."""
MESSAGES = "messages"
CONTEXT_MESSAGES = 2
"""Messages before it that a message is indexed with: measured, one finds less and three find no more."""

CHUNK_CHARACTERS = 800
"""About 200 tokens of English: what a small model reads of a text (256 tokens), with room for other languages."""
MIN_PIECE_TOKENS = 12
"""About ten words: shorter sentences mean too little alone and join their neighbour."""

MESSAGE, CHUNK = "message", "chunk"
SAID = (MESSAGE, CHUNK)
"""The kinds of points that are what somebody said."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_QUESTION_MARKS = ("?", "？", "؟")
_CHUNK_IDS = UUID("6b0f7d0e-3c0b-5a39-9d55-0b6a4e7a6c11")


@dataclass(frozen=True, slots=True)
class Draft:
    """A point without its dense vectors: `window`, if there is one, and each of `pieces` are still to be encoded."""

    id: str
    window: str | None
    pieces: tuple[str, ...]
    words: SparseVector
    payload: dict[str, PayloadValue]


def collection_name(embedder: Embedder, instance: str = "", *, layout: int = LAYOUT) -> str:
    """Return the name of the collection for what this model embeds; `instance` keeps deployments apart."""
    number = f"-{layout}" if layout > 1 else ""
    return embedder.spec.collection_name(f"{family(instance)}{number}")


def family(instance: str = "") -> str:
    """Return what the names of all collections of one deployment begin with, before a hyphen."""
    return f"{instance}-{MESSAGES}" if instance else MESSAGES


def message_drafts(item: IndexItem) -> list[Draft]:
    """Return the drafts of one message: the first has its id, further chunks have ids derived from it."""
    before = [said.text for said in item.before]
    spoken = " ".join(f"{said.speaker_name} {said.text}" for said in item.before)
    drafts = []
    for number, text in enumerate(chunks(item.text)):
        context = before if number == 0 else []
        words = f"{item.speaker_name} {text} {spoken if number == 0 else ''} {_date(item.said_at)}"
        payload: dict[str, PayloadValue] = dict(item.payload)
        payload |= {
            "kind": CHUNK if number else MESSAGE, "message_id": item.id, "speaker": item.speaker_name,
            "asks": asks(item.text), "before": item.before[0].id if item.before else None,
        }  # fmt: skip
        window = " ".join([text, *context])
        drafts.append(Draft(chunk_id(item.id, number), window, tuple(pieces(text)), encode_document(words), payload))
    return drafts


def key_draft(item: KeyItem) -> Draft:
    """Return the draft of a fact, a summary or a trace.

    A trace gets nothing by which recall finds points (words, a window), so that it neither leads there nor counts.
    """
    payload: dict[str, PayloadValue] = dict(item.payload)
    payload |= {
        "kind": item.kind, "message_id": item.message_id, "session_id": item.session_id, "importance": item.importance,
    }  # fmt: skip
    if item.kind == TRACE_KEY:
        return Draft(item.id, None, (item.text,), SparseVector(), payload)
    said_at = datetime.fromtimestamp(float(item.payload["created_at"] or 0) / 1000, UTC)
    return Draft(
        item.id, item.text, tuple(pieces(item.text)), encode_document(f"{item.text} {_date(said_at)}"), payload
    )


def texts(drafts: Sequence[Draft]) -> list[str]:
    """Return all texts of `drafts` that are to be encoded, in the order that `points` expects."""
    return [text for draft in drafts for text in (draft.window, *draft.pieces) if text is not None]


def points(drafts: Sequence[Draft], vectors: Vectors) -> list[Point]:
    """Return the points of `drafts`; `vectors` are those of `texts(drafts)`."""
    made, at = [], 0
    for draft in drafts:
        whole = at if draft.window is None else at + 1
        end = whole + len(draft.pieces)
        dense = vectors[at] if at < whole else ()
        made.append(Point(draft.id, dense, draft.words, draft.payload, list(vectors[whole:end])))
        at = end
    return made


def chunk_id(message_id: str, number: int) -> str:
    """Return the id of a message's chunk, always the same; the first chunk has the message's own."""
    return str(uuid5(_CHUNK_IDS, f"{message_id}:{number}")) if number else message_id


def chunks(text: str) -> list[str]:
    """Split a text at sentence ends, or else at spaces, into parts of at most CHUNK_CHARACTERS."""
    parts: list[str] = []
    for sentence in _sentences(text):
        for part in _cut(sentence):
            if parts and len(parts[-1]) + 1 + len(part) <= CHUNK_CHARACTERS:
                parts[-1] = f"{parts[-1]} {part}"
            else:
                parts.append(part)
    return parts or [text.strip()]


def pieces(text: str) -> list[str]:
    """Return the sentences of a text; those under MIN_PIECE_TOKENS are joined with their neighbours."""
    parts: list[str] = []
    waiting = ""
    for sentence in _sentences(text):
        waiting = f"{waiting} {sentence}".strip()
        if estimate_tokens(waiting) >= MIN_PIECE_TOKENS:
            parts.append(waiting)
            waiting = ""
    if waiting and parts:
        parts[-1] = f"{parts[-1]} {waiting}"
    elif waiting:
        parts.append(waiting)
    return parts


def asks(text: str) -> bool:
    """Whether a text ends as a question."""
    return text.rstrip().endswith(_QUESTION_MARKS)


def _sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def _cut(sentence: str) -> list[str]:
    parts = []
    while len(sentence) > CHUNK_CHARACTERS:
        at = sentence.rfind(" ", 1, CHUNK_CHARACTERS + 1)
        at = at if at > 0 else CHUNK_CHARACTERS
        parts.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [*parts, sentence] if sentence else parts


def _date(at: datetime) -> str:
    return f"{at.day} {at:%B} {at.year}"

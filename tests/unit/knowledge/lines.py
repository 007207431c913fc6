"""Short conversations for tests: `said("I live in Leeds", "c: Lovely!")` is a transcript of two lines."""

from datetime import UTC, datetime, timedelta
from typing import Any

from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Author, IncomingMessage
from src_v2.knowledge.extraction import Extraction
from src_v2.knowledge.models import CHARACTER, USER, Fact, Transcript, TranscriptLine

AT = datetime(2026, 7, 8, 18, tzinfo=UTC)
PRIVATE = Audience("elena", "discord:1", "discord:dm", Visibility.PRIVATE)
BATCH = "019f0000-0000-7000-8000-000000000000"


def said(*texts: str, audience: Audience = PRIVATE, known: tuple[Fact, ...] = ()) -> Transcript:
    """Return a transcript in which Sam speaks, and Elena where a line begins with `c:`."""
    return Transcript(BATCH, "session", tuple(line(n, text, audience) for n, text in enumerate(texts, start=1)), known)


def line(number: int, text: str, audience: Audience = PRIVATE) -> TranscriptLine:
    at = AT + timedelta(minutes=number)
    if text.startswith("c:"):
        words = text.removeprefix("c:").strip()
        return TranscriptLine(number, f"m{number}", CHARACTER, "character:elena", "Elena", words, at, audience)
    return TranscriptLine(number, f"m{number}", USER, "discord:1", "Sam", text, at, audience)


def fact(subject: str, predicate: str, thing: str, source: int = 1, **more: Any) -> dict[str, Any]:
    """Return a fact as a model would answer it."""
    return dict(subject=subject, predicate=predicate, object=thing, source=source, confidence=0.9) | more


def answer(*facts: dict[str, Any], **more: Any) -> Extraction:
    """Return a model's answer."""
    summary = {"text": "They talked.", "topics": [], "emotions": [], "importance": 2}
    return Extraction.model_validate({"facts": list(facts), "summary": summary} | more)


def message(text: str, *, id: str = "m1", at: datetime = AT) -> IncomingMessage:  # noqa: A002 - as it is called there
    """Return a message that Sam wrote in private."""
    return IncomingMessage(id, Author("discord:1", "Sam"), PRIVATE, text, at, "discord")

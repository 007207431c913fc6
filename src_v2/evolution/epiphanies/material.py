"""Conversations as they are looked over: the person's own words, in their own time, with what summaries say of them."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from zoneinfo import ZoneInfo

import orjson

from src_v2.core.markers import own_words
from src_v2.core.messages import StoredMessage
from src_v2.evolution.epiphanies.models import Line, Session, Whose

MOST_SESSIONS = 72
"""Of one look, spread over the weeks: what six questions to a model hold."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a summary says of a conversation, or of a stretch of it."""

    session_id: str
    text: str
    topics: frozenset[str]
    emotions: frozenset[str]


def told(session_id: str, text: str, topics: str, emotions: str) -> Told:
    """Return a row of summaries as it is looked over; `topics` and `emotions` are JSON lists."""
    return Told(session_id, text, _words(topics), _words(emotions))


def sessions_of(said: Iterable[StoredMessage], summaries: Iterable[Told], zone: tzinfo) -> list[Session]:
    """Return the conversations in which the person said something, in order, numbered, their moments in `zone`."""
    by_session: dict[str, list[StoredMessage]] = defaultdict(list)
    for message in said:
        if message.session_id and own_words(message.text).strip():
            by_session[message.session_id].append(message)
    stretches: dict[str, list[Told]] = defaultdict(list)
    for one in summaries:
        stretches[one.session_id].append(one)
    ordered = sorted(
        (messages for session_id, messages in by_session.items() if session_id in stretches),
        key=lambda messages: messages[0].created_at,
    )
    return _numbered(ordered, stretches, zone)


def sample(sessions: Sequence[Session], whose: Whose, until: datetime) -> list[Session]:
    """Return at most MOST_SESSIONS, chosen blindly and the same way each time, in order."""
    if len(sessions) <= MOST_SESSIONS:
        return list(sessions)
    chosen = chances(whose, until).sample(range(len(sessions)), MOST_SESSIONS)
    return [sessions[at] for at in sorted(chosen)]


def chances(whose: Whose, at: datetime) -> random.Random:
    """Return what mixes and chooses: the same for the same person and moment, also after a restart."""
    seed = sha256(f"{whose.character}\0{whose.user_id}\0{at.isoformat()}".encode()).digest()
    return random.Random(seed)  # noqa: S311 - mixes conversations, guards nothing


def zone_named(name: str, otherwise: tzinfo) -> tzinfo:
    """Return the time zone of that name, `otherwise` when there is none."""
    try:
        return ZoneInfo(name) if name else otherwise
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return otherwise


def _numbered(
    ordered: Iterable[Sequence[StoredMessage]], stretches: Mapping[str, Sequence[Told]], zone: tzinfo
) -> list[Session]:
    sessions: list[Session] = []
    line = 0
    for number, messages in enumerate(ordered, start=1):
        lines = []
        for message in messages:
            line += 1
            at = message.created_at.astimezone(zone)
            text = own_words(message.text).strip()
            lines.append(Line(line, message.id, text, at, message.guild_id, message.channel_id))
        session_id = messages[0].session_id or ""
        about = stretches[session_id]
        sessions.append(
            Session(
                number, session_id, lines[0].at, tuple(lines), frozenset().union(*(one.topics for one in about)),
                frozenset().union(*(one.emotions for one in about)), " ".join(one.text for one in about),
            )
        )  # fmt: skip
    return sessions


def _words(text: str) -> frozenset[str]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return frozenset()
    return (
        frozenset(word.casefold() for word in found if isinstance(word, str))
        if isinstance(found, list)
        else frozenset()
    )


def in_utc(at: datetime) -> datetime:
    """Return a local moment in UTC."""
    return at.astimezone(UTC)

"""A relationship as the cache keeps it: plain JSON. What another version wrote there counts as nothing."""

from datetime import datetime
from typing import Any

from src_v2.evolution.relationship.models import Kept, Signal, Whose


def key(whose: Whose) -> str:
    """Return under which key a relationship is kept; it belongs to what is known of the person."""
    return f"user:standing:{whose.character}:{whose.user_id}"


def packed(kept: Kept) -> dict[str, Any]:
    """Return a relationship as plain data."""
    return {
        "trust": kept.trust, "turns": kept.turns, "since": _text(kept.since), "talked_at": _text(kept.talked_at),
        "waiting": list(kept.waiting), "asides": dict(kept.asides),
        "signals": [[one.id, one.value, one.at.isoformat(), one.is_reaction] for one in kept.signals],
    }  # fmt: skip


def unpacked(held: Any) -> Kept | None:
    """Return the relationship that `packed` made plain; None for anything else."""
    try:
        return Kept(
            int(held["trust"]), int(held["turns"]), _moment(held["since"]), _moment(held["talked_at"]),
            tuple(held["waiting"]), tuple(_signal(*one) for one in held["signals"]), dict(held["asides"]),
        )  # fmt: skip
    except (TypeError, KeyError, ValueError):
        return None


def _signal(message_id: str, value: float, at: str, is_reaction: bool) -> Signal:
    return Signal(message_id, float(value), datetime.fromisoformat(at), bool(is_reaction))


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

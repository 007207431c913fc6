"""Keeps the replies under way, and for a few minutes those that ended, so that a client that was away can catch up."""

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.interfaces.web.surface import ReplySurface

KEEP_ENDED_S = 300.0
"""Long enough for a phone that was in a pocket; after that the history has the reply."""
MAX_ENDED = 128
"""Ended replies kept at most; a log is a few hundred KB when a reply is very long."""


class Shelf:
    """Replies by id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._live: dict[str, ReplySurface] = {}
        self._ended: dict[str, tuple[float, ReplySurface]] = {}

    def put(self, reply: ReplySurface) -> None:
        """Keep a reply that begins."""
        self._sweep()
        self._live[reply.id] = reply

    def find(self, reply_id: str) -> ReplySurface | None:
        """Return the reply of that id while it is kept."""
        self._sweep()
        if reply_id in self._live:
            return self._live[reply_id]
        kept = self._ended.get(reply_id)
        return kept[1] if kept else None

    def asked_as(self, audience: Audience, message_id: str) -> ReplySurface | None:
        """Return the kept reply to what a client of this conversation said under its own `message_id`."""
        kept = [*self._live.values(), *(reply for _, reply in self._ended.values())]
        return next((r for r in kept if r.audience == audience and message_id in r.message_ids), None)

    def live(self, audience: Audience | None = None) -> list[ReplySurface]:
        """Return the replies that have not ended, in the order asked; of one conversation when given."""
        self._sweep()
        replies = [reply for reply in self._live.values() if reply.final is None]
        return replies if audience is None else [reply for reply in replies if reply.audience == audience]

    def unclosed(self) -> list[ReplySurface]:
        """Return the replies whose readers may still wait for something."""
        return [reply for reply in self._live.values() if not reply.closed]

    def drop(self, reply: ReplySurface) -> None:
        """Forget a reply that never came to be."""
        self._live.pop(reply.id, None)

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for reply in [reply for reply in self._live.values() if reply.closed]:
            del self._live[reply.id]
            self._ended[reply.id] = (now, reply)
        ended = list(self._ended.items())
        for position, (reply_id, (since, _)) in enumerate(ended):
            if now - since > KEEP_ENDED_S or position < len(ended) - MAX_ENDED:
                del self._ended[reply_id]

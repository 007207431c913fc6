"""Logs a store's outage once when it begins and once when it ends, however many turns it touches."""

import structlog

log = structlog.get_logger(__name__)


class Outages:
    """Which parts are down right now."""

    def __init__(self) -> None:
        self._down: set[str] = set()

    def failed(self, part: str, error: BaseException) -> None:
        """Note that `part` failed; logged only when it worked before. The error's text is not logged, its type is."""
        if part not in self._down:
            self._down.add(part)
            log.warning("outage_began", part=part, error=type(error).__name__)

    def worked(self, part: str) -> None:
        """Note that `part` worked; logged only when it was down before."""
        if part in self._down:
            self._down.discard(part)
            log.info("outage_ended", part=part)

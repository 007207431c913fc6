"""Hot reload: notices that something was saved below the characters folder and has it read again.

`watchdog` tells of changes in its own thread; everything else happens on the event loop. What changed is not taken
from the events (editors save in many ways) but found by `Characters.refresh`, which compares contents.
"""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from src_v2.characters.service import Characters

log = structlog.get_logger(__name__)

DEBOUNCE_S = 0.2  # an editor's save is several events
LONGEST_WAIT_S = 0.5  # a steady stream of saves must not keep a character from being live within a second
POLL_EVERY_S = 0.4  # with the debounce still under a second

_CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed", "attrib"})  # reading a file is no change

MakeObserver = Callable[[], BaseObserver]


def native_observer() -> BaseObserver:
    """Return an observer that is told by the system: inotify on Linux. Raises OSError when there are no more."""
    return Observer()


def polling_observer() -> BaseObserver:
    """Return an observer that looks for itself, every `POLL_EVERY_S`."""
    return PollingObserver(timeout=POLL_EVERY_S)


class CharacterWatcher(FileSystemEventHandler):
    """Keeps `characters` as fresh as the disk between `start` and `stop`.

    `observers` are tried in order until one works: the system's own notifications, then looking every 0.4 s.
    """

    def __init__(
        self, characters: Characters, observers: Sequence[MakeObserver] = (native_observer, polling_observer)
    ) -> None:
        self._characters = characters
        self._observers = observers
        self._observer: BaseObserver | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._latest_at: float | None = None
        self._refreshing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to watch; a folder that cannot be watched is logged, and characters then reload by hand only."""
        self._loop = asyncio.get_running_loop()
        self._observer = await asyncio.to_thread(self._first_that_works)
        if self._observer is not None:
            self._changed()  # something may have been saved between loading and watching

    async def stop(self) -> None:
        """Stop watching; a refresh under way is finished first."""
        observer, self._observer = self._observer, None
        if observer is not None:
            await asyncio.to_thread(_end, observer)
        if self._timer is not None:
            self._timer.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Pass a change on to the event loop. Called in the observer's thread."""
        if event.event_type in _CHANGES and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed)

    def _first_that_works(self) -> BaseObserver | None:
        for make in self._observers:
            try:
                observer = self._begin(make())  # making one opens an inotify instance, of which there may be no more
            except OSError as error:
                log.warning("characters_observer_failed", observer=make.__name__, errno=error.errno)
                continue
            log.info("characters_watched", observer=type(observer).__name__)
            return observer
        log.warning("characters_not_watched")
        return None

    def _begin(self, observer: BaseObserver) -> BaseObserver:
        try:
            observer.schedule(self, self._characters.folder.resolve(), recursive=True)
            observer.start()
        except OSError:
            observer.stop()  # its reading thread runs from the moment it is made
            raise
        return observer

    def _changed(self) -> None:
        if self._loop is None or self._observer is None:
            return
        if self._latest_at is None:
            self._latest_at = self._loop.time() + LONGEST_WAIT_S
        if self._timer is not None:
            self._timer.cancel()
        due = min(self._loop.time() + DEBOUNCE_S, self._latest_at)
        self._timer = self._loop.call_at(due, self._refresh)

    def _refresh(self) -> None:
        self._latest_at = None
        task = asyncio.ensure_future(self._characters.refresh())
        self._refreshing.add(task)
        task.add_done_callback(self._refreshed)

    def _refreshed(self, task: asyncio.Task[None]) -> None:
        self._refreshing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("characters_refresh_failed", exc_info=error)


def _end(observer: BaseObserver) -> None:
    observer.stop()
    observer.join()

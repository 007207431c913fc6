"""What an operator does with one person's data, whether or not a WhisperEngine runs on it: over `OwnData`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from src_v2.app import App
from src_v2.config.settings import Settings
from src_v2.core.clock import Clock, SystemClock
from src_v2.core.errors import RefusedInput
from src_v2.core.switches import Switches
from src_v2.interfaces.erasures import changes
from src_v2.interfaces.own_data import OwnData
from src_v2.interfaces.private_files import write_private
from src_v2.interfaces.web.own_data_client import RemoteOwnData
from src_v2.privacy.models import Brought, Erasure, ErasureState, Whose
from src_v2.process import find_running

COUNTED_AT_ONCE = 100
LARGEST_IMPORT = 300 * 2**20


@dataclass(frozen=True, slots=True)
class Held:
    """How much is held about a person: memories, facts and preferences by character, and the switches."""

    memories: dict[str, int]
    facts: dict[str, int]
    preferences: dict[str, int]
    switches: Switches


@dataclass(frozen=True, slots=True)
class Office:
    """Where people's data is, and the characters that know people."""

    own_data: OwnData
    characters: Sequence[str]
    clock: Clock


def own_data(app: App) -> OwnData:
    """Return the data that a process of our own works on."""
    return app.own_data


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Office]:
    """Reach the data: through the WhisperEngine that runs on it, otherwise with a process made for this."""
    running = await find_running(settings)
    if running:
        async with RemoteOwnData(running, token=settings.web.token.get_secret_value()) as remote:
            yield Office(remote, await remote.characters(), SystemClock())
        return
    app = App(settings, doors=False)
    try:
        await app.start()
        yield Office(own_data(app), app.characters.names(), app.clock)
    finally:
        await app.stop()


async def export_to(office: Office, user_id: str, path: Path | None, *, force: bool) -> Path:
    """Write everything about a person to a private file and return its path; raises FileRefused."""
    export = await office.own_data.export(user_id)
    target = path or Path(export.name)
    await asyncio.to_thread(write_private, target, export.content, replace=force)
    return target


async def erase(office: Office, user_id: str, on_state: Callable[[ErasureState], None]) -> Erasure:
    """Erase everything about a person; returns when it is done, or waits for a store that is away."""
    erasure = await office.own_data.erase(user_id)
    on_state(erasure.state)
    if erasure.state is not ErasureState.WORKING:
        return erasure
    async for now in changes(office.own_data, erasure.id, office.clock):
        on_state(now.state)
        if now.state is not ErasureState.WORKING:
            return now
    return erasure


async def bring_in(office: Office, whose: Whose, path: Path, zone: ZoneInfo) -> Brought:
    """Add a chat history to what a character remembers of a person; raises RefusedInput."""
    return await office.own_data.bring_in(whose, await asyncio.to_thread(_read, path), zone)


async def count(office: Office, user_id: str) -> Held:
    """Return how much is held about a person."""
    desk, people = office.own_data, [Whose(name, user_id) for name in office.characters]
    return Held(
        {whose.character: await _memories(desk, whose) for whose in people},
        {whose.character: len(await desk.facts(whose)) for whose in people},
        {whose.character: len(await desk.preferences(whose)) for whose in people},
        await desk.switches(user_id),
    )


async def _memories(desk: OwnData, whose: Whose) -> int:
    total, after = 0, ""
    while True:
        page = await desk.memories(whose, after=after, limit=COUNTED_AT_ONCE)
        total += len(page.items)
        if not page.next:
            return total
        after = page.next


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_IMPORT:
            raise RefusedInput(f"it is larger than {LARGEST_IMPORT // 2**20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise RefusedInput(f"it cannot be read ({error.strerror})") from error

"""How the process lives: start, say where to talk, wait for a signal, stop. Also what other commands do to a process.

The embedded stores belong to one process at a time. A running one leaves its address in the data folder, so that the
terminal and `doctor` talk to it instead of fighting over the files.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import orjson
from rich.console import Console
from rich.markup import escape

from src_v2 import checks, wiring
from src_v2.agents.models.probe import find_ollama
from src_v2.app import App, ConnectorFactory
from src_v2.config.settings import Settings
from src_v2.core.clock import SystemClock
from src_v2.core.errors import CharacterNotFound, EmbeddingError, StoreError
from src_v2.memory.embeddings.base import ProgressCallback
from src_v2.memory.embeddings.choosing import choose_embedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.reindex import Progress, Reindexed, reindex
from src_v2.memory.store import MemoryStore
from src_v2.observability.health import CHECK_TIMEOUT_S, Check
from src_v2.observability.outages import Outages
from src_v2.progress import LoadingBar
from src_v2.storage.stores import Stores

console = Console()

ADDRESS_FILE = "running.json"
ANSWER_TIMEOUT_S = 2.0


async def serve(settings: Settings, *, discord_connector_factory: ConnectorFactory | None = None) -> None:
    """Run WhisperEngine until SIGINT or SIGTERM; a second signal ends it at once."""
    bar = LoadingBar(console, "Preparing the memory")
    app = App(settings, discord_connector_factory=discord_connector_factory, on_embedding_progress=bar)
    stop = _stop_signal()
    try:
        await app.start()
        async with _address_file(settings, app.url):
            await _say_where(app)
            await stop.wait()
            console.print("Stopping: running replies are finished first ...")
    finally:
        bar.close()
        await app.stop()


async def chat(settings: Settings, character: str) -> None:
    """Talk in this terminal: with the running process when there is one, otherwise with one made for this."""
    from src_v2.interfaces.terminal import RemoteChat, TerminalDoor

    running = await find_running(settings)
    if running:
        token = settings.web.token.get_secret_value()
        await RemoteChat(running, character, SystemClock(), token=token).run()
        return
    app = App(settings, doors=False)
    door = TerminalDoor(app.lanes, app.memory, app.characters, character, app.clock)
    try:
        await app.start()
        await door.start()
        await door.left()
    finally:
        await door.stop()
        await app.stop()


async def diagnose(settings: Settings) -> list[Check]:
    """Return every finding about settings, models, stores, Discord and characters."""
    running = await find_running(settings)
    if running:
        found = [Check("process", ok=True, detail=f"running at {running}"), *await _ask_health(settings, running)]
        return [*found, *await checks.settings_checks(settings)]
    bar = LoadingBar(console, "Preparing the memory")
    app = App(settings, doors=False, on_embedding_progress=bar)
    try:
        found = await _try_start(app)
        return [*found, *await app.health.run(), *await checks.settings_checks(settings)]
    finally:
        bar.close()
        await app.stop()


async def _try_start(app: App) -> list[Check]:
    """Start `app` and wait for its models; return why it cannot start, if so."""
    try:
        await app.start()
    except (StoreError, CharacterNotFound) as error:
        return [Check("start", ok=False, detail=str(error), required=True)]
    with contextlib.suppress(EmbeddingError):  # its check says what went wrong
        await app.embedder.ready.wait()
    return []


async def reindex_memory(settings: Settings, *, on_model: ProgressCallback, on_messages: Progress) -> Reindexed:
    """Rebuild the vectors from SQL with the model that the settings name."""
    running = await find_running(settings)
    if running:
        raise StoreError(f"WhisperEngine runs at {running}: stop it first, it would go on with the old vectors")
    clock = SystemClock()
    stores = Stores(wiring.store_config(settings), clock)
    embedder = choose_embedder(wiring.embedding_config(settings), clock, on_progress=on_model, reindexing=True)
    try:
        await stores.start()
        embedder.start()
        store = MemoryStore(stores.database)
        indexer = Indexer(store, stores.vectors, embedder, Outages(), clock)
        return await reindex(store, stores.vectors, embedder, indexer, on_messages)
    finally:
        await embedder.close()
        await stores.close()


async def find_running(settings: Settings) -> str:
    """Return the address of the WhisperEngine that uses this data folder; empty when none answers."""
    try:
        url = str(orjson.loads(_address_path(settings).read_bytes())["url"])
        await _ask_health(settings, url)
    except (OSError, ValueError, KeyError, aiohttp.ClientError, TimeoutError):
        return ""
    return url


async def _ask_health(settings: Settings, url: str) -> list[Check]:
    token = settings.web.token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=CHECK_TIMEOUT_S + ANSWER_TIMEOUT_S)
    async with (
        aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
        session.get(f"{url}/healthz") as answer,
    ):
        body = await answer.json()
    return [Check(**check) for check in body["checks"]]


def _address_path(settings: Settings) -> Path:
    return settings.general.data_dir / ADDRESS_FILE


@contextlib.asynccontextmanager
async def _address_file(settings: Settings, url: str) -> AsyncIterator[None]:
    path = _address_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps({"url": url, "pid": os.getpid()}))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _stop_signal() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set; afterwards they have their usual effect again."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def on_signal() -> None:
        stop.set()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, on_signal)
    return stop


async def _say_where(app: App) -> None:
    settings = app.settings
    name = app.characters.get(settings.general.character).display_name
    console.print(f"\n[bold]WhisperEngine is ready.[/] Talk to {escape(name)} at [bold]{app.url}[/]", highlight=False)
    console.print("or in another terminal: whisperengine chat  (make chat)", highlight=False)
    if settings.discord_tokens():
        console.print(f"Discord: {', '.join(settings.discord_tokens())}", highlight=False)
    if settings.llm.model.startswith("offline"):
        console.print("No language model is set: the built-in demonstration answers from memory only.", style="yellow")
        models = await find_ollama(settings.keys.ollama_base_url)
        hint = f"Ollama is here: set LLM_MODEL=ollama:{models[0]}" if models else "Set LLM_MODEL and a key"
        console.print(f"{hint} in .env for a real mind; .env.example lists everything.", style="yellow")
    console.print("Stop with Ctrl+C.\n")

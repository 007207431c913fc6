"""How the process lives: start, say where to talk, wait for a signal, stop. Also what other commands do to a process.

The embedded stores belong to one process at a time. A running one leaves its address in the data folder, so that the
terminal and `doctor` talk to it instead of fighting over the files.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import orjson
from rich.console import Console
from rich.markup import escape

from src_v2 import checks
from src_v2.agents.models.probe import find_ollama
from src_v2.app import App, ConnectorFactory
from src_v2.config.settings import Settings
from src_v2.core.clock import SystemClock
from src_v2.core.errors import CharacterNotFound, EmbeddingError, SettingsError, StoreError
from src_v2.core.jobs import Queue
from src_v2.jobs.loops import woken
from src_v2.jobs.names import held_name
from src_v2.observability.health import CHECK_TIMEOUT_S, Check
from src_v2.progress import LoadingBar

console = Console()

ADDRESS_FILE = "running.json"
ANSWER_TIMEOUT_S = 2.0
BADGE_EVERY_S = 5.0


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


async def work(settings: Settings, queues: Sequence[Queue], name: str = "") -> None:
    """Do jobs of `queues` and nothing else until SIGINT or SIGTERM; raises SettingsError without shared stores."""
    _require_servers(settings)
    stop = _stop_signal()
    with held_name(settings.general.data_dir, name) as badge:
        app = App(settings, doors=False, queues=queues, worker=badge.name)
        try:
            await app.start()
            served = ", ".join(queues)
            console.print(
                f"[bold]WhisperEngine is ready.[/] Worker {badge.name} does the jobs of {served}", highlight=False
            )
            while not stop.is_set():
                if app.jobs.alive:
                    badge.show()
                await woken(stop, BADGE_EVERY_S)
            console.print("Stopping: running jobs are finished first ...")
        finally:
            await app.stop()


def _require_servers(settings: Settings) -> None:
    """Refuse to work beside another process on files that only one may open."""
    stores = settings.stores
    needed = {
        "DATABASE_URL": stores.database_url.get_secret_value(),
        "QDRANT_URL": stores.qdrant_url,
        "NEO4J_URI": stores.neo4j_uri,
    }
    missing = [variable for variable, value in needed.items() if not value]
    if missing:
        raise SettingsError(
            f"{', '.join(missing)}: a worker shares its stores with the main process, and the embedded ones belong to "
            "one process. Name the servers, or let `whisperengine run` do the jobs, as it does by itself."
        )


async def chat(settings: Settings, character: str) -> None:
    """Talk in this terminal: with the running process when there is one, otherwise with one made for this."""
    from src_v2.interfaces.terminal import RemoteChat, TerminalDoor

    running = await find_running(settings)
    if running:
        token = settings.web.token.get_secret_value()
        await RemoteChat(running, character, SystemClock(), token=token).run()
        return
    app = App(settings, doors=False)
    door = TerminalDoor(
        app.lanes,
        app.memory,
        app.own_data,
        app.feedback,
        app.characters,
        character,
        app.clock,
        steering=app.language.steering,
        commands=app.inner_life.commands,
        presses=app.delivery,
    )
    app.delivery.listeners.append(door.announce)
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

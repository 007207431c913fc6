"""What the health of each part means in plain words, and what to do about it: for `doctor`, `/healthz`, `/status`."""

import re
from collections.abc import Awaitable, Callable

from src_v2.agents.models.probe import find_ollama, probe
from src_v2.characters.problems import Severity
from src_v2.characters.service import Characters
from src_v2.config.settings import Settings
from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.jobs.service import Jobs
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.embeddings.loading import LocalEmbedder
from src_v2.observability.health import Check, Health, Probe
from src_v2.storage import migrate
from src_v2.storage.stores import Stores
from src_v2.wiring import all_models, model_keys

COPIED_WRONG = (
    "Copy it from the Discord developer portal, Bot, Reset Token; not the application id or the client secret."
)
_TOKEN_SHAPE = re.compile(r"[\w-]{20,}\.[\w-]{6}\.[\w-]{27,}")
"""Discord's bot tokens: base64url of the bot's id, of a moment, and a signature."""


def register(
    health: Health, settings: Settings, stores: Stores, characters: Characters, embedder: Embedder, jobs: Jobs
) -> None:
    """Register a check for every part."""
    config = stores.config
    health.register("database", lambda: _database(stores))
    vectors_where, graph_where = config.qdrant_url or "embedded", config.neo4j_uri or "embedded"
    health.register("vectors", _store("vectors", stores.vectors.check, vectors_where, "Check QDRANT_URL."))
    health.register("graph", _store("graph", stores.graph.check, graph_where, "Check the NEO4J_ settings."))
    cache_where = "Redis" if config.redis_url else "in memory"
    health.register("cache", _store("cache", stores.cache.check, cache_where, "Check REDIS_URL."))
    health.register("embeddings", lambda: _embeddings(settings.embedding.model, embedder))
    health.register("characters", lambda: _characters(characters))
    health.register("jobs", lambda: _jobs(jobs))


async def settings_checks(settings: Settings) -> list[Check]:
    """Return what `doctor` adds: checks that cost a request to a provider, or only look at a setting's shape."""
    keys = model_keys(settings)
    found = []
    for spec in all_models(settings):
        result = await probe(spec, keys.get(spec.provider, ""))
        found.append(Check(f"model {spec}", result.ok, result.finding, result.remedy))
    if settings.llm.model.startswith("offline"):
        found += await _ollama(settings)
    tokens = settings.discord_tokens()
    if not tokens:
        return [*found, Check("discord", ok=True, detail="off (DISCORD_TOKEN is empty)")]
    content_wanted = settings.discord.message_content == "on"
    return found + [await _token(name, token, content_wanted=content_wanted) for name, token in tokens.items()]


async def _database(stores: Stores) -> Check:
    where = "PostgreSQL" if stores.config.database_url else f"SQLite in {stores.config.data_dir}"
    remedy = "Check DATABASE_URL and that the server runs; messages are kept aside and written when it is back."
    try:
        waiting = await migrate.pending(stores.database)
    except StoreUnavailable as error:
        return Check("database", ok=False, detail=f"{where}: {error}", remedy=remedy, required=True)
    except StoreError as error:
        return Check("database", ok=False, detail=f"{where}: {error}", remedy="Update WhisperEngine.", required=True)
    if waiting:
        detail = f"{where}: {len(waiting)} migrations wait"
        return Check("database", ok=False, detail=detail, remedy="Run `whisperengine migrate`.", required=True)
    return Check("database", ok=True, detail=where, required=True)


def _store(name: str, ask: Callable[[], Awaitable[object]], where: str, remedy: str) -> Probe:
    async def check() -> Check:
        try:
            await ask()
        except StoreError as error:
            return Check(name, ok=False, detail=str(error), remedy=remedy)
        return Check(name, ok=True, detail=where)

    return check


async def _embeddings(wanted: str, embedder: Embedder) -> Check:
    if not isinstance(embedder, LocalEmbedder):
        return Check("embeddings", ok=True, detail=f"{wanted} over an API")
    state = embedder.describe()
    if state.state == "failed":
        remedy = "Check EMBEDDING_MODEL and EMBEDDING_DIMENSIONS; characters answer without recall until then."
        return Check("embeddings", ok=False, detail=state.error, remedy=remedy)
    if state.active is None or state.state != "ready":
        return Check(
            "embeddings", ok=True, detail=f"{state.state} ({state.progress:.0%}) {state.progress_text}".strip()
        )
    detail = f"{state.active.model}, {state.active.size} dimensions, {state.precision}"
    if not state.fallback_reason:
        return Check("embeddings", ok=True, detail=detail)
    remedy = f"{state.fallback_reason}. `whisperengine memory reindex` changes the model when the wanted one is there."
    return Check("embeddings", ok=True, detail=f"{detail}; wanted was {state.wanted}", remedy=remedy)


async def _jobs(jobs: Jobs) -> Check:
    try:
        loads = await jobs.ledger.loads()
    except StoreError as error:
        return Check("jobs", ok=False, detail=str(error), remedy="They wait in the database, and go on with it.")
    dead, waiting = sum(load.dead for load in loads), sum(load.waiting for load in loads)
    if dead:
        remedy = "`whisperengine jobs list --dead` says why; `jobs retry --all-dead` tries them again."
        return Check("jobs", ok=False, detail=f"{dead} given up, {waiting} waiting", remedy=remedy)
    if not jobs.alive:
        return Check("jobs", ok=False, detail=f"not at work, {waiting} waiting", remedy="See the log for the reason.")
    return Check("jobs", ok=True, detail=f"{waiting} waiting")


async def _characters(characters: Characters) -> Check:
    problems = [problem for problem in characters.problems() if problem.severity is Severity.ERROR]
    if problems:
        detail = "; ".join(str(problem) for problem in problems)
        return Check("characters", ok=False, detail=detail, remedy="Fix the file: it is read again when you save it.")
    return Check(
        "characters", ok=bool(characters.names()), detail=", ".join(characters.names()) or "none", required=True
    )


async def _ollama(settings: Settings) -> list[Check]:
    models = await find_ollama(settings.keys.ollama_base_url)
    if not models:
        return []
    remedy = f"Set LLM_MODEL=ollama:{models[0]} in .env to use it."
    return [Check("ollama", ok=True, detail=f"found here with {', '.join(models)}", remedy=remedy)]


async def _token(character: str, token: str, *, content_wanted: bool) -> Check:
    if not _TOKEN_SHAPE.fullmatch(token):
        detail = "does not look like a bot token"
        return Check(f"discord token of {character}", ok=False, detail=detail, remedy=COPIED_WRONG)
    from src_v2.interfaces.discord.probe import probe_token

    return await probe_token(character, token, content_wanted=content_wanted)

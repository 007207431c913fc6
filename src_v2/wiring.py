"""From settings to the configuration of each part. `app` builds the parts from these; nothing here opens anything."""

import platform
import random
from collections.abc import Iterable
from datetime import UTC, tzinfo
from itertools import chain
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from src_v2.agents.costs.models import Cap, Caps
from src_v2.agents.guard.guard import Guard
from src_v2.agents.guard.meaning import Meaning
from src_v2.agents.limits import Limits
from src_v2.agents.models.attempt import Timeouts
from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.pool import ModelPool
from src_v2.agents.models.prices import Prices, read_own_prices
from src_v2.agents.models.records import Meter, Pricing
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.role import ModelRole
from src_v2.agents.models.roles import Chosen, ModelRoles, nobody_chose
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import Chain, ModelSpec, resolve_chain
from src_v2.agents.models.structured import StructuredModels
from src_v2.agents.prompt import Budgets
from src_v2.characters.prompt import persona
from src_v2.characters.service import Characters
from src_v2.config.settings import GROUPS, Settings
from src_v2.core.clock import Clock
from src_v2.core.errors import CharacterNotFound
from src_v2.core.jobs import Queue
from src_v2.core.keys import KeySource
from src_v2.evolution.diary.models import Writer
from src_v2.interfaces.web.ports import WebOptions
from src_v2.jobs.models import JobsConfig
from src_v2.jobs.service import jobs_address
from src_v2.knowledge.keys import KnowledgeKeys
from src_v2.memory.embeddings.choosing import EmbeddingConfig
from src_v2.memory.patterns.emojis import OwnEmojis
from src_v2.memory.traces.keys import TraceKeys
from src_v2.storage.database import Database
from src_v2.storage.stores import StoreConfig

Keys = dict[str, str]
MAIN_PROCESS = "main"
ANSWER_S = 30.0
"""Of the time for a thorough answer, what is kept for giving it."""
LEAST_SECRET_CHARS, LONG_SECRET_CHARS = 8, 16
"""A secret as short as the first is one only when it is no plain word; one as long as the second is always one."""
LONGEST_READING_TOKENS = 4096
"""Of what a model says about a stretch: some thirty facts and a summary."""
LONGEST_DESCRIPTION_TOKENS = 1024
"""Of what a model says about a few pictures; some think first."""


def store_config(settings: Settings) -> StoreConfig:
    """Return which stores are servers and where they are."""
    stores = settings.stores
    return StoreConfig(
        data_dir=settings.general.data_dir,
        database_url=stores.database_url.get_secret_value(),
        qdrant_url=stores.qdrant_url,
        qdrant_api_key=stores.qdrant_api_key.get_secret_value(),
        neo4j_uri=stores.neo4j_uri,
        neo4j_user=stores.neo4j_user,
        neo4j_password=stores.neo4j_password.get_secret_value(),
        redis_url=stores.redis_url.get_secret_value(),
        influx_url=stores.influx_url,
        influx_token=stores.influx_token.get_secret_value(),
        influx_org=stores.influx_org,
        influx_bucket=stores.influx_bucket,
        metrics_file=stores.metrics_file,
    )


def embedding_config(settings: Settings) -> EmbeddingConfig:
    """Return which embedding model is wanted."""
    embedding = settings.embedding
    return EmbeddingConfig(
        data_dir=settings.general.data_dir,
        model=embedding.model,
        size=embedding.dimensions,
        size_chosen="dimensions" in embedding.model_fields_set,
        threads=embedding.threads,
        offline=embedding.offline,
        base_url=embedding.base_url,
        api_key=embedding.api_key.get_secret_value() or settings.keys.openai_api_key.get_secret_value(),
    )


def main_provider(settings: Settings) -> str:
    """Return the provider of LLM_MODEL, as it is written there."""
    return settings.llm.model.partition(":")[0].strip().lower()


def model_keys(settings: Settings) -> Keys:
    """Return provider -> key; LLM_API_KEY counts for the provider of LLM_MODEL unless that has a key of its own."""
    keys = settings.keys.by_provider()
    own = settings.llm.api_key.get_secret_value()
    if own:
        keys.setdefault(main_provider(settings), own)
    return keys


def model_chain(settings: Settings) -> Chain:
    """Return the models in the order in which they are asked; SettingsError for an unknown one or a missing key."""
    return _resolved(settings, (settings.llm.model, *settings.llm.fallback_models))


def role_chains(settings: Settings) -> dict[ModelRole, Chain]:
    """Return the models of every role that has some of its own, the main one among them; raises SettingsError."""
    llm = settings.llm
    named = {
        ModelRole.SMALL: llm.small_model,
        ModelRole.REFLECTIVE: llm.reflective_model,
        ModelRole.VISION: llm.vision_model,
    }
    found = {ModelRole.MAIN: model_chain(settings)}
    for role, models in named.items():
        if models:
            found[role] = _resolved(settings, models, f"LLM_{role.upper()}_MODEL")
    return found


def background_chain(settings: Settings, chain: Chain) -> Chain:
    """Return the models that read conversations back: the one named for it, else those that answer."""
    wanted = settings.llm.background_model
    return _resolved(settings, (wanted,), "LLM_BACKGROUND_MODEL") if wanted else chain


def all_models(settings: Settings) -> list[ModelSpec]:
    """Return every model that the settings name, each once; raises SettingsError."""
    chains = role_chains(settings)
    wanted = [*chains.values(), background_chain(settings, chains[ModelRole.MAIN])]
    return list(dict.fromkeys(spec for chain in wanted for spec in chain))


def one_model(settings: Settings, text: str) -> ModelSpec:
    """Return the model that somebody chose; SettingsError when it is unknown or its key is missing."""
    return _resolved(settings, (text,), "The model")[0]


def prices(settings: Settings) -> Prices:
    """Return what knows prices; raises SettingsError for a wrong price file."""
    path = settings.costs.prices_file
    return Prices(read_own_prices(path) if path else None)


def caps(settings: Settings) -> Caps:
    """Return what may be spent in a day."""
    costs = settings.costs
    return Caps(
        user=Cap(costs.user_day_usd, costs.user_day_tokens),
        server=Cap(costs.server_day_usd, costs.server_day_tokens),
        day=Cap(costs.day_usd, costs.day_tokens),
    )


def search_keys(database: Database) -> list[KeySource]:
    """Return where the index finds what to hold beside what was said."""
    return [KnowledgeKeys(database), TraceKeys(database)]


def model_roles(
    settings: Settings,
    clock: Clock,
    *,
    pricing: Pricing | None = None,
    meter: Meter | None = None,
    chosen: Chosen = nobody_chose,
) -> ModelRoles:
    """Return the models by role, not connected yet; SettingsError for an unknown one or a missing key of any role."""
    llm = settings.llm
    build = ModelBuilder(
        keys=model_keys(settings),
        temperature=llm.temperature,
        max_reply_tokens=llm.max_reply_tokens,
        connect_s=llm.connect_timeout_s,
    )
    pool = ModelPool(build, at_once=llm.max_concurrent, pricing=pricing)
    timeouts = Timeouts(llm.connect_timeout_s, llm.first_token_timeout_s, llm.total_timeout_s)
    retries = RetryPolicy(attempts=llm.attempts)

    def make(chain: Chain, stronger: LanguageModels | None) -> LanguageModels:
        return LanguageModels(
            chain, pool=pool, clock=clock, timeouts=timeouts, retries=retries, stronger=stronger, pricing=pricing,
            meter=meter,
        )  # fmt: skip

    return ModelRoles(role_chains(settings), make, pool, chosen=chosen)


def reading_models(
    settings: Settings, chain: Chain, clock: Clock, *, pricing: Pricing | None = None, meter: Meter | None = None
) -> StructuredModels:
    """Return the models that read conversations back; none for the offline demonstration."""
    llm = settings.llm
    build = ModelBuilder(
        keys=model_keys(settings),
        temperature=0.0,
        max_reply_tokens=LONGEST_READING_TOKENS,
        connect_s=llm.connect_timeout_s,
    )
    timeouts = Timeouts(llm.connect_timeout_s, llm.first_token_timeout_s, llm.total_timeout_s)
    return StructuredModels(
        background_chain(settings, chain), build=build, clock=clock, timeouts=timeouts,
        retries=RetryPolicy(attempts=llm.attempts), pricing=pricing, meter=meter,
    )  # fmt: skip


def describing_models(
    settings: Settings, chain: Chain, clock: Clock, *, pricing: Pricing | None = None, meter: Meter | None = None
) -> StructuredModels:
    """Return the models of `chain`, which are shown pictures, to describe them; none for the demonstration."""
    llm = settings.llm
    build = ModelBuilder(
        keys=model_keys(settings), temperature=0.0, max_reply_tokens=LONGEST_DESCRIPTION_TOKENS,
        connect_s=llm.connect_timeout_s,
    )  # fmt: skip
    timeouts = Timeouts(llm.connect_timeout_s, llm.first_token_timeout_s, llm.total_timeout_s)
    return StructuredModels(
        chain, build=build, clock=clock, timeouts=timeouts, retries=RetryPolicy(llm.attempts), pricing=pricing,
        meter=meter,
    )  # fmt: skip


def jobs_config(settings: Settings, queues: Iterable[Queue] | None, worker: str) -> JobsConfig:
    """Return where the jobs are kept and which of them this process does; `worker` is its name when it is one."""
    database_url = settings.stores.database_url.get_secret_value()
    served = settings.jobs.queues if queues is None else queues
    main = f"{MAIN_PROCESS}@{platform.node()}" if database_url else MAIN_PROCESS
    return JobsConfig(
        address=jobs_address(settings.general.data_dir, database_url),
        executor_id=worker or main,
        queues=frozenset(served),
        keep_days=settings.jobs.keep_days,
    )


def limits(settings: Settings) -> Limits:
    """Return what one answer that is thought about may take."""
    agent = settings.agent
    return Limits(
        seconds=agent.max_seconds, answer_s=min(ANSWER_S, agent.max_seconds / 2), tokens=agent.max_tokens,
        tool_calls=agent.max_tool_calls, reply_tokens=settings.llm.max_reply_tokens,
    )  # fmt: skip


def guard(settings: Settings, clock: Clock, choices: random.Random, meaning: Meaning) -> Guard:
    """Return the guard, which knows every secret of the settings."""
    return Guard(clock, choices, help_note=settings.safety.crisis_note, secrets=secrets(settings), meaning=meaning)


def secrets(settings: Settings) -> set[str]:
    """Return the configured values that nobody may be told, passwords within addresses among them.

    A password that is a plain short word is left out: every reply with that word would be taken for a leak.
    """
    held = [getattr(getattr(settings, name), field) for name, group in GROUPS.items() for field in group.model_fields]
    told = [value.get_secret_value() for value in held if isinstance(value, SecretStr)]
    told += [token.get_secret_value() for token in settings.discord.tokens.values()]
    told += [unquote(password) for value in told if "://" in value and (password := _password(value))]
    return {value for value in told if _is_telling(value)}


def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""


def _is_telling(value: str) -> bool:
    """Whether a value is nothing that people say anyway."""
    if len(value) < LEAST_SECRET_CHARS:
        return False
    return len(value) >= LONG_SECRET_CHARS or not value.isalpha()


def prompt_budgets(settings: Settings) -> Budgets:
    """Return how many tokens each block of the prompt may have."""
    memory = settings.memory
    return Budgets(
        memory.history_tokens, memory.recall_tokens, memory.recall_limit, memory.facts_tokens, memory.summaries_tokens,
        memory.lorebook_tokens, memory.patterns_tokens,
    )  # fmt: skip


def own_emojis(characters: Characters, name: str) -> OwnEmojis:
    """Return what a character's own emojis mean to it; nothing for one that is not there."""
    try:
        mine = characters.get(name).ux.reactions
    except CharacterNotFound:
        return OwnEmojis()
    glad = (mine.positive_emojis, mine.excitement_emojis, mine.supportive_emojis, mine.signature_emojis)
    return OwnEmojis([*chain(*glad, mine.agreement_emojis)], mine.thinking_emojis)


def zone_of(characters: Characters, name: str) -> tzinfo:
    """Return the time zone of a character, UTC of one that is not there any more."""
    try:
        return characters.get(name).core.timezone
    except CharacterNotFound:
        return UTC


def diary_writer(characters: Characters, name: str) -> Writer:
    """Return a character as one that keeps a diary; raises CharacterNotFound."""
    character = characters.get(name)
    drives = [drive.replace("_", " ") for drive in character.core.drives]
    own = [fact.object for fact in character.background.facts]
    return Writer(
        character.display_name, persona(character, {"user_name": "the person"}),
        (*own, *character.core.anchors, *drives), character.core.timezone,
    )  # fmt: skip


def web_options(settings: Settings, main_model: ModelSpec) -> WebOptions:
    """Return how the web door is reached and what it says about the process."""
    web = settings.web
    return WebOptions(
        host=web.host,
        port=web.port,
        token=web.token.get_secret_value(),
        allowed_hosts=web.allowed_hosts,
        default_character=settings.general.character,
        demo=main_model.provider == "offline",
        model_name=str(main_model),
    )


def _resolved(settings: Settings, wanted: tuple[str, ...], where: str = "LLM_MODEL or LLM_FALLBACK_MODELS") -> Chain:
    """Return the named models with the addresses and keys that the settings give for their providers."""
    base_urls = {"ollama": settings.keys.ollama_base_url}
    if settings.llm.base_url:
        base_urls[main_provider(settings)] = settings.llm.base_url
    return resolve_chain(wanted, keys=model_keys(settings), base_urls=base_urls, where=where)

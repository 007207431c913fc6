"""Every setting of WhisperEngine, in groups, read from the environment and from `.env`.

The variable's name is the group's prefix plus the field's name in capitals (`LLM_MODEL`). A field's description is its
line in `.env.example`; its `remedy` is what a person is told when the value is wrong. Not for secrets' storage: values
marked secret are kept out of logs and out of `doctor`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from src_v2.config.queues import QueueList
from src_v2.core.errors import SettingsError
from src_v2.core.jobs import Queue
from src_v2.core.retention import Retention

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

CommaList = Annotated[tuple[str, ...], NoDecode]
TokenMap = Annotated[dict[str, SecretStr], NoDecode]


def _split(value: object) -> object:
    """Read `a, b` as a tuple; leave anything that is not text alone."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class Group(BaseSettings):
    """One group of settings that share a prefix."""

    title: ClassVar[str]
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, frozen=True, hide_input_in_errors=True)


class GeneralSettings(Group):
    """Where things lie and how the process speaks to its operator."""

    title = "General"

    character: str = Field("elena", description="The character that the web page and DISCORD_TOKEN use.")
    characters_dir: Path = Field(Path("characters"), description="Folder with one sub-folder per character.")
    data_dir: Path = Field(Path("data"), description="Folder for everything that is stored without a server.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_format: Literal["console", "json"] = Field("console", description="Log lines for people or for machines.")
    burst_window_s: float = Field(1.0, ge=0, le=10, description="Seconds within which messages become one turn.")
    shutdown_grace_s: float = Field(30, ge=0, le=600, description="Seconds that running replies get to finish at stop.")


class LLMSettings(Group):
    """Which language model speaks."""

    title = "Language model"
    model_config = SettingsConfigDict(env_prefix="LLM_")

    model: str = Field(
        "offline:demo",
        description="provider:model, such as openai:gpt-5-mini, anthropic:claude-sonnet-4-5, ollama:llama3.2.",
    )
    fallback_models: CommaList = Field((), description="Models tried in this order when the first one fails.")
    small_model: CommaList = Field(
        (), description="Model for small decisions, as above; more with commas are its fallbacks. Empty: LLM_MODEL's."
    )
    reflective_model: CommaList = Field(
        (), description="Model that thinks step by step and is asked when LLM_MODEL is of no use. Empty: LLM_MODEL's."
    )
    vision_model: CommaList = Field((), description="Model that looks at pictures. Empty: LLM_MODEL and its fallbacks.")
    background_model: str = Field(
        "", description="Model that reads conversations back, off the reply path. Empty: LLM_MODEL and its fallbacks."
    )
    api_key: SecretStr = Field(SecretStr(""), description="Key for LLM_MODEL's provider, when it has no line below.")
    base_url: str = Field("", description="Address of LLM_MODEL's server, when it is not the provider's usual one.")
    temperature: float = Field(0.8, ge=0, le=2, description="0 is dry, 1 is lively.")
    max_reply_tokens: int = Field(1024, ge=16, le=32_768, description="Longest reply, in tokens.")
    connect_timeout_s: float = Field(5, gt=0, le=120, description="Seconds to reach the model's server.")
    first_token_timeout_s: float = Field(30, gt=0, le=600, description="Seconds until the first word.")
    total_timeout_s: float = Field(180, gt=0, le=3600, description="Seconds for a whole reply.")
    attempts: int = Field(3, ge=1, le=10, description="Tries per model before the next one is asked.")
    max_concurrent: int = Field(64, ge=1, le=1024, description="Requests to models that are built and sent at once.")

    _split_models = field_validator(
        "fallback_models", "small_model", "reflective_model", "vision_model", mode="before"
    )(_split)


class CostsSettings(Group):
    """What model calls may cost. A day is one in UTC; 0 means no cap."""

    title = "Costs (a day is one in UTC; 0: no cap)"
    model_config = SettingsConfigDict(env_prefix="COSTS_")

    prices_file: Path | None = Field(
        None, description="YAML file with your own prices, which go before the built-in ones (docs/operations.md)."
    )
    user_day_usd: float = Field(0, ge=0, description="US dollars that one person may cause in a day.")
    server_day_usd: float = Field(0, ge=0, description="US dollars that one Discord server may cause in a day.")
    day_usd: float = Field(0, ge=0, description="US dollars in a day, over everything.")
    user_day_tokens: int = Field(0, ge=0, description="Tokens, asked and answered, that one person may cause in a day.")
    server_day_tokens: int = Field(0, ge=0, description="Tokens that one Discord server may cause in a day.")
    day_tokens: int = Field(0, ge=0, description="Tokens in a day, over everything.")


class AgentSettings(Group):
    """How much thought an answer may take."""

    title = "Thinking"
    model_config = SettingsConfigDict(env_prefix="AGENT_")

    reflection: Literal["auto", "asked", "off"] = Field(
        "auto",
        description="When to think step by step with tools: where it pays, only when asked (/reflect), never.",
    )
    max_seconds: float = Field(120, ge=5, le=3600, description="Seconds until such an answer must be complete.")
    max_tokens: int = Field(100_000, ge=4_000, le=10_000_000, description="Tokens of all its model calls together.")
    max_tool_calls: int = Field(30, ge=1, le=500, description="Most calls of tools for one answer.")


class ProviderKeys(Group):
    """Keys by provider, so that a fallback chain can mix them."""

    title = "Provider keys"

    openai_api_key: SecretStr = Field(SecretStr(""), description="For openai: models.")
    anthropic_api_key: SecretStr = Field(SecretStr(""), description="For anthropic: models.")
    openrouter_api_key: SecretStr = Field(SecretStr(""), description="For openrouter: models.")
    google_api_key: SecretStr = Field(SecretStr(""), description="For google: models.")
    groq_api_key: SecretStr = Field(SecretStr(""), description="For groq: models.")
    mistral_api_key: SecretStr = Field(SecretStr(""), description="For mistral: models.")
    deepseek_api_key: SecretStr = Field(SecretStr(""), description="For deepseek: models.")
    together_api_key: SecretStr = Field(SecretStr(""), description="For together: models.")
    xai_api_key: SecretStr = Field(SecretStr(""), description="For xai: models.")
    ollama_base_url: str = Field("http://127.0.0.1:11434", description="Where a local Ollama listens.")

    def by_provider(self) -> dict[str, str]:
        """Return provider name -> key, for the keys that are set."""
        secrets = {name: getattr(self, name) for name in type(self).model_fields if name.endswith("_api_key")}
        return {name.removesuffix("_api_key"): key.get_secret_value() for name, key in secrets.items() if key}


class EmbeddingSettings(Group):
    """Which model turns text into vectors."""

    title = "Embeddings"
    model_config = SettingsConfigDict(env_prefix="EMBEDDING_")

    model: str = Field(
        "BAAI/bge-base-en-v1.5",
        description="A sentence-transformers name or folder, or openai:<model> for an embeddings API.",
    )
    dimensions: int = Field(768, ge=8, le=8192, description="Size of that model's vectors.")
    base_url: str = Field("", description="Address of the embeddings API, when it is not the usual one.")
    api_key: SecretStr = Field(SecretStr(""), description="Key for the embeddings API.")
    threads: int = Field(1, ge=1, le=64, description="CPU threads per encoding.")
    offline: bool = Field(False, description="True: never ask the model hub, use what is on disk.")


class StoreSettings(Group):
    """Servers to use instead of the embedded stores. Empty means embedded."""

    title = "Stores (empty: embedded, no server needed)"

    database_url: SecretStr = Field(SecretStr(""), description="postgresql://user:password@host/name")
    qdrant_url: str = Field("", description="http://host:6333")
    qdrant_api_key: SecretStr = Field(SecretStr(""), description="Key of the Qdrant server.")
    neo4j_uri: str = Field("", description="bolt://host:7687")
    neo4j_user: str = Field("neo4j", description="User of the Neo4j server.")
    neo4j_password: SecretStr = Field(SecretStr(""), description="Password of the Neo4j server.")
    redis_url: SecretStr = Field(SecretStr(""), description="redis://:password@host:6379/0")
    influx_url: str = Field("", description="http://host:8086")
    influx_token: SecretStr = Field(SecretStr(""), description="Token of the InfluxDB server.")
    influx_org: str = Field("whisperengine", description="Organisation in InfluxDB.")
    influx_bucket: str = Field("whisperengine", description="Bucket in InfluxDB.")
    metrics_file: Path | None = Field(None, description="File for metrics in line protocol, when there is no InfluxDB.")


class MemorySettings(Group):
    """How much of the past reaches a reply."""

    title = "Memory"
    model_config = SettingsConfigDict(env_prefix="MEMORY_")

    history_tokens: int = Field(3000, ge=100, le=200_000, description="Tokens of the running conversation.")
    recall_tokens: int = Field(1500, ge=0, le=100_000, description="Tokens of recalled memories.")
    recall_limit: int = Field(10, ge=1, le=50, description="Most memories recalled for one reply.")
    facts_tokens: int = Field(500, ge=0, le=100_000, description="Tokens of facts about the person.")
    summaries_tokens: int = Field(300, ge=0, le=100_000, description="Tokens of summaries of past conversations.")
    lorebook_tokens: int = Field(500, ge=0, le=100_000, description="Tokens of a character's lorebook.")
    patterns_tokens: int = Field(300, ge=0, le=100_000, description="Tokens of replies that the person liked.")
    source_timeout_s: float = Field(0.5, gt=0, le=30, description="Seconds any one store may delay a reply.")
    session_idle_minutes: float = Field(30, gt=0, le=1440, description="Minutes of silence that end a session.")
    retention: str = Field(
        "everything",
        description="How long to keep what is said: everything, summaries (and facts, without the words), or 90 days.",
    )

    @field_validator("retention")
    @classmethod
    def _is_a_policy(cls, value: str) -> str:
        return str(Retention.parse(value))


class PrivacySettings(Group):
    """What people are told and asked about their data."""

    title = "Privacy"
    # Here an empty value is one: it switches the notice off.
    model_config = SettingsConfigDict(env_prefix="PRIVACY_", env_ignore_empty=False)

    notice: str = Field(
        "default",
        description="What people are told at first contact: default, or a text ({character}, {how}). Empty: nothing.",
    )


class ToolSettings(Group):
    """What characters may use besides their memory. Off unless it is switched on here."""

    title = "Tools"
    model_config = SettingsConfigDict(env_prefix="TOOLS_")

    web_search: bool = Field(False, description="True: characters may search the web through the service below.")
    search_url: str = Field(
        "", description="Address of a SearXNG that answers in JSON; with TOOLS_SEARCH_KEY of an API like Brave's."
    )
    search_key: SecretStr = Field(
        SecretStr(""), description="Key of Brave's search API, or of one that speaks like it."
    )
    read_pages: bool = Field(
        False, description="True: characters may read public web pages that people or searches name."
    )
    mcp_file: Path | None = Field(None, description="YAML or JSON file with MCP servers and the tools allowed of each.")

    @field_validator("search_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("write it with http:// or https://")
        return value


class SafetySettings(Group):
    """What is said beside the replies when somebody may be in need."""

    title = "Safety"
    # Here, too, an empty value is one: it switches the note off.
    model_config = SettingsConfigDict(env_prefix="SAFETY_", env_ignore_empty=False)

    crisis_note: str = Field(
        "default",
        description="Where to find help, shown beside the reply to crisis language: default (in the person's "
        "language), or a text ({character}). Empty: nothing.",
    )


class JobsSettings(Group):
    """What is done off the reply path, and by whom."""

    title = "Background work"
    model_config = SettingsConfigDict(env_prefix="JOBS_")

    queues: QueueList = Field(
        tuple(Queue),
        description="Queues that `run` serves: conversation, reflection, media, social; all when empty, or none.",
    )
    keep_days: int = Field(7, ge=1, le=365, description="Days that finished jobs are remembered, so none is redone.")


class DiscordSettings(Group):
    """The Discord door."""

    title = "Discord"
    model_config = SettingsConfigDict(env_prefix="DISCORD_")

    token: SecretStr = Field(SecretStr(""), description="Bot token for CHARACTER. Empty: no Discord.")
    tokens: TokenMap = Field({}, description="More characters: marcus=TOKEN, aria=TOKEN")
    message_content: Literal["auto", "on", "off"] = Field(
        "auto", description="Message content intent: auto goes on without it when Discord refuses."
    )
    members: bool = Field(
        False, description="True: forget what people said in a server that they leave. Needs the Server Members Intent."
    )
    edit_interval_s: float = Field(1.0, ge=0.5, le=10, description="Seconds between edits of a growing reply.")
    owner_ids: CommaList = Field((), description="Discord user ids that may use owner commands such as /reload.")

    _split_owners = field_validator("owner_ids", mode="before")(_split)

    @field_validator("tokens", mode="before")
    @classmethod
    def _read_tokens(cls, value: object) -> object:
        """Read `marcus=TOKEN, aria=TOKEN`."""
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if any(not name.strip() or not token.strip() for name, _, token in pairs):
            raise ValueError("write it as name=TOKEN, name=TOKEN")
        return {name.strip().lower(): token.strip() for name, _, token in pairs}


class WebSettings(Group):
    """The web door."""

    title = "Web page and API"
    model_config = SettingsConfigDict(env_prefix="WEB_")

    host: str = Field("127.0.0.1", description="Address to listen on. Anything but loopback requires WEB_TOKEN.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    token: SecretStr = Field(
        SecretStr(""), description="What a browser or program must present, 16 characters or more."
    )
    allowed_hosts: CommaList = Field((), description="Host names, besides loopback, under which the page is reached.")

    _split_hosts = field_validator("allowed_hosts", mode="before")(_split)

    @model_validator(mode="after")
    def _token_when_public(self) -> "WebSettings":
        """Refuse to listen on a network without a token."""
        token = self.token.get_secret_value()
        if self.host not in LOOPBACK_HOSTS and not token:
            raise ValueError("WEB_TOKEN is required because WEB_HOST is not a loopback address")
        if token and len(token) < MIN_WEB_TOKEN_CHARS:
            raise ValueError(f"WEB_TOKEN is shorter than {MIN_WEB_TOKEN_CHARS} characters")
        return self


MIN_WEB_TOKEN_CHARS = 16
GROUPS: dict[str, type[Group]] = {
    "general": GeneralSettings,
    "llm": LLMSettings,
    "agent": AgentSettings,
    "costs": CostsSettings,
    "keys": ProviderKeys,
    "embedding": EmbeddingSettings,
    "stores": StoreSettings,
    "memory": MemorySettings,
    "privacy": PrivacySettings,
    "tools": ToolSettings,
    "safety": SafetySettings,
    "jobs": JobsSettings,
    "discord": DiscordSettings,
    "web": WebSettings,
}


class Settings(BaseModel):
    """All groups together; immutable."""

    model_config = ConfigDict(frozen=True)

    general: GeneralSettings
    llm: LLMSettings
    agent: AgentSettings
    costs: CostsSettings
    keys: ProviderKeys
    embedding: EmbeddingSettings
    stores: StoreSettings
    memory: MemorySettings
    privacy: PrivacySettings
    tools: ToolSettings
    safety: SafetySettings
    jobs: JobsSettings
    discord: DiscordSettings
    web: WebSettings

    def discord_tokens(self) -> dict[str, str]:
        """Return character name -> bot token for every character that lives on Discord."""
        tokens = {name: token.get_secret_value() for name, token in self.discord.tokens.items()}
        if self.discord.token.get_secret_value():
            tokens[self.general.character] = self.discord.token.get_secret_value()
        return tokens


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment and `env_file` (the environment wins).

    Raises SettingsError that lists every wrong value with its name, the problem and the remedy.
    """
    loaded: dict[str, Any] = {}
    problems: list[str] = []
    for key, group in GROUPS.items():
        try:
            loaded[key] = group(_env_file=env_file)
        except ValidationError as error:
            problems += _explain(group, error)
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**loaded)


def variable_name(group: type[Group], field: str) -> str:
    """Return the environment variable of a field."""
    return f"{group.model_config.get('env_prefix', '')}{field}".upper()


def every_setting() -> Iterator[tuple[type[Group], str, FieldInfo]]:
    """Yield (group, field name, field) in the order of `.env.example`."""
    for group in GROUPS.values():
        for name, field in group.model_fields.items():
            yield group, name, field


def _explain(group: type[Group], error: ValidationError) -> list[str]:
    """Turn pydantic's errors into lines for a person, without the (possibly secret) value."""
    lines = []
    for item in error.errors(include_input=False, include_url=False):
        field = str(item["loc"][0]) if item["loc"] else ""
        problem = item["msg"].removeprefix("Value error, ")
        if field not in group.model_fields:
            lines.append(f"{problem}.")
            continue
        meaning = group.model_fields[field].description
        lines.append(f"{variable_name(group, field)}: {problem}. Meaning: {meaning} See .env.example.")
    return lines

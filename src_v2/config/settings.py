"""Every setting of WhisperEngine, in groups, read from the environment and from `.env`.

The variable's name is the group's prefix plus the field's name in capitals (`LLM_MODEL`). A field's description is its
line in `.env.example`; its `remedy` is what a person is told when the value is wrong. Not for secrets' storage: values
marked secret are kept out of logs and out of `doctor`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import NoDecode, SettingsConfigDict

from src_v2.config.answering import (
    AgentSettings,
    CostsSettings,
    LLMSettings,
    ProviderKeys,
    SafetySettings,
    ToolSettings,
)
from src_v2.config.groups import CommaList, Group, split_commas
from src_v2.config.inner_life import DiarySettings, EpiphaniesSettings, ReflectingSettings
from src_v2.config.queues import QueueList
from src_v2.config.social import OutreachSettings
from src_v2.core.errors import SettingsError
from src_v2.core.jobs import Queue
from src_v2.core.retention import Retention

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

TokenMap = Annotated[dict[str, SecretStr], NoDecode]


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
    human_touch: bool = Field(
        True, description="True: characters react to some messages with emojis, as their ux.yaml says."
    )
    typing_chars_per_s: float = Field(
        0, ge=0, le=200, description="Pace at which short answers seem to be typed, up to 3 s. 0: shown at once."
    )
    owner_ids: CommaList = Field((), description="Discord user ids that may use owner commands such as /reload.")

    _split_owners = field_validator("owner_ids", mode="before")(split_commas)

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

    _split_hosts = field_validator("allowed_hosts", mode="before")(split_commas)

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
    "reflecting": ReflectingSettings,
    "epiphanies": EpiphaniesSettings,
    "diary": DiarySettings,
    "tools": ToolSettings,
    "safety": SafetySettings,
    "outreach": OutreachSettings,
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
    reflecting: ReflectingSettings
    epiphanies: EpiphaniesSettings
    diary: DiarySettings
    tools: ToolSettings
    safety: SafetySettings
    outreach: OutreachSettings
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

"""Settings of what makes replies: models and their keys, what they may cost, how much they think, tools, safety."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from src_v2.config.groups import CommaList, Group, split_commas


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
    )(split_commas)


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

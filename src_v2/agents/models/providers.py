"""What is known about each provider of language models: its address, its key, its habits. Plain data, no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Protocol(StrEnum):
    """The language a provider's server speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    OLLAMA = "ollama"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One provider.

    `base_url` is "" when the operator must give it. `key_name` is the setting that messages name. `reply_limit_field`
    is what the server calls the longest reply. `accepts_stream_options` is False where the server refuses
    `stream_options` (it then reports usage unasked). `key_path` answers 401 to a wrong key, relative to `base_url`.
    """

    name: str
    protocol: Protocol = Protocol.OPENAI
    base_url: str = ""
    key_name: str = ""
    needs_key: bool = True
    reply_limit_field: str = "max_tokens"
    accepts_stream_options: bool = True
    key_path: str = "/models"


def _by_name(configs: Iterable[ProviderConfig]) -> MappingProxyType[str, ProviderConfig]:
    return MappingProxyType({config.name: config for config in configs})


PROVIDERS = _by_name(
    (
        ProviderConfig("offline", Protocol.OFFLINE, needs_key=False),
        ProviderConfig(
            "openai",
            base_url="https://api.openai.com/v1",
            key_name="OPENAI_API_KEY",
            reply_limit_field="max_completion_tokens",
        ),
        ProviderConfig(
            "anthropic", Protocol.ANTHROPIC, "https://api.anthropic.com", "ANTHROPIC_API_KEY", key_path="/v1/models"
        ),
        ProviderConfig(
            "ollama", Protocol.OLLAMA, "http://127.0.0.1:11434", "LLM_API_KEY", needs_key=False, key_path="/api/tags"
        ),
        # OpenRouter lists its models to anybody; only /key tells whether the key is good.
        ProviderConfig(
            "openrouter", base_url="https://openrouter.ai/api/v1", key_name="OPENROUTER_API_KEY", key_path="/key"
        ),
        ProviderConfig("groq", base_url="https://api.groq.com/openai/v1", key_name="GROQ_API_KEY"),
        ProviderConfig(
            "mistral", base_url="https://api.mistral.ai/v1", key_name="MISTRAL_API_KEY", accepts_stream_options=False
        ),
        ProviderConfig("deepseek", base_url="https://api.deepseek.com/v1", key_name="DEEPSEEK_API_KEY"),
        ProviderConfig("together", base_url="https://api.together.xyz/v1", key_name="TOGETHER_API_KEY"),
        ProviderConfig("xai", base_url="https://api.x.ai/v1", key_name="XAI_API_KEY"),
        ProviderConfig(
            "google",
            base_url="https://generativelanguage.googleapis.com/v1beta/openai",
            key_name="GOOGLE_API_KEY",
        ),
        ProviderConfig("lmstudio", base_url="http://127.0.0.1:1234/v1", key_name="LLM_API_KEY", needs_key=False),
        ProviderConfig("vllm", base_url="http://127.0.0.1:8000/v1", key_name="LLM_API_KEY", needs_key=False),
        ProviderConfig("openai-compatible", key_name="LLM_API_KEY", needs_key=False),
    )
)

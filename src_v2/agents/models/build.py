"""Builds LangChain chat models from specs. Providers' libraries are imported here, when a model of theirs is built."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from src_v2.agents.models.guard import require_allowed
from src_v2.agents.models.providers import Protocol
from src_v2.agents.models.spec import ModelSpec, require_key

ANTHROPIC_MAX_TEMPERATURE = 1.0
REASONS_FIRST = re.compile(r"o\d|gpt-5(?!.*chat)")
"""OpenAI's reasoning models: they answer 400 to any temperature but their own."""
NO_KEY = "none"
"""What clients send where no key is needed; they refuse to have none at all."""


@dataclass(frozen=True, slots=True)
class ModelBuilder:
    """Everything models have in common. Call it with a spec: `LanguageModels(..., build=ModelBuilder(...))`.

    `keys` maps provider -> key. `context_tokens` is the window asked of Ollama, whose own default of a few thousand
    would cut the character's description off.
    """

    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    temperature: float = 0.8
    max_reply_tokens: int = 1024
    connect_s: float = 5.0
    context_tokens: int = 16_384

    def __call__(self, spec: ModelSpec) -> BaseChatModel:
        """Return a new model object. Importing its library may take seconds of CPU; raises SettingsError."""
        require_allowed(spec)
        key = require_key(spec, self.keys)
        match spec.config.protocol:
            case Protocol.OPENAI:
                return self._openai(spec, key)
            case Protocol.ANTHROPIC:
                return self._anthropic(spec, key)
            case Protocol.OLLAMA:
                return self._ollama(spec, key)
            case Protocol.OFFLINE:
                from src_v2.agents.models.offline.model import OfflineChatModel

                return OfflineChatModel.named(spec.model)

    def _openai(self, spec: ModelSpec, key: str) -> BaseChatModel:
        from src_v2.agents.models.thin_openai import ThinChatOpenAI

        return ThinChatOpenAI(
            model=spec.model,
            api_key=SecretStr(key or NO_KEY),
            base_url=spec.base_url,
            max_retries=0,
            stream_usage=spec.config.accepts_stream_options,
            provider=spec.provider,
            connect_timeout_s=self.connect_s,
            reply_limit_field=spec.config.reply_limit_field,
            max_completion_tokens=self.max_reply_tokens,
            **self._temperature_for(spec),
        )

    def _temperature_for(self, spec: ModelSpec) -> dict[str, Any]:
        """Return the temperature, unless the model refuses to be given one."""
        reasons_first = spec.provider == "openai" and REASONS_FIRST.match(spec.model)
        return {} if reasons_first else {"temperature": self.temperature}

    def _anthropic(self, spec: ModelSpec, key: str) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        return init_chat_model(
            spec.model,
            model_provider="anthropic",
            api_key=SecretStr(key),
            base_url=spec.base_url,
            max_tokens=self.max_reply_tokens,
            temperature=min(self.temperature, ANTHROPIC_MAX_TEMPERATURE),
            max_retries=0,
        )

    def _ollama(self, spec: ModelSpec, key: str) -> BaseChatModel:
        from src_v2.agents.models.ollama import ClosableChatOllama

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return ClosableChatOllama(
            model=spec.model,
            base_url=spec.base_url,
            temperature=self.temperature,
            num_predict=self.max_reply_tokens,
            num_ctx=self.context_tokens,
            client_kwargs={"headers": headers},
        )

"""Which model is meant: `provider:model` as an operator writes it. Not for asking it anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from src_v2.agents.models.providers import PROVIDERS, ProviderConfig
from src_v2.core.errors import SettingsError

OFFLINE_MODEL = "demo"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model of one provider; `base_url` is the address it is asked at, without a trailing slash."""

    provider: str
    model: str
    base_url: str = ""

    @classmethod
    def parse(
        cls, text: str, base_urls: Mapping[str, str] | None = None, *, where: str = "LLM_MODEL or LLM_FALLBACK_MODELS"
    ) -> "ModelSpec":
        """Read `provider:model`; only the first colon splits, so that a model's name may hold some.

        `base_urls` maps provider -> address for those that are not at their usual one. Raises SettingsError, in words
        that name `where` it was written.
        """
        provider, _, model = (part.strip() for part in text.strip().partition(":"))
        config = PROVIDERS.get(provider.lower())
        if config is None:
            known = ", ".join(sorted(PROVIDERS))
            raise SettingsError(f"{where}: unknown provider in {text!r}. Write provider:model with one of {known}")
        if config.name == "offline":
            return cls("offline", model or OFFLINE_MODEL)
        if not model:
            raise SettingsError(f"{where}: the model is missing in {text!r}. Write {config.name}:<model>")
        return cls(config.name, model, _address(config, base_urls or {}))

    @property
    def config(self) -> ProviderConfig:
        """What is known about the provider."""
        return PROVIDERS[self.provider]

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


Chain = tuple[ModelSpec, ...]
"""A model and its fallbacks, in the order in which they are asked."""


def resolve_chain(
    models: Sequence[str],
    *,
    keys: Mapping[str, str],
    base_urls: Mapping[str, str] | None = None,
    where: str = "LLM_MODEL or LLM_FALLBACK_MODELS",
) -> Chain:
    """Read the model and its fallbacks, in order, and check that each has the key it needs.

    `keys` maps provider -> key; `where` is the setting they were written in. Raises SettingsError that names the
    setting to fill in.
    """
    chain = tuple(ModelSpec.parse(text, base_urls, where=where) for text in models)
    for spec in chain:
        require_key(spec, keys)
    return chain


def require_key(spec: ModelSpec, keys: Mapping[str, str]) -> str:
    """Return the key for `spec`, "" when there is none and none is needed; raises SettingsError otherwise."""
    key = keys.get(spec.provider, "").strip()
    if spec.config.needs_key and not key:
        raise SettingsError(
            f"{spec} needs a key: set {spec.config.key_name}=<your key> in .env, or LLM_MODEL=offline:demo to try "
            "WhisperEngine without one"
        )
    return key


def _address(config: ProviderConfig, base_urls: Mapping[str, str]) -> str:
    """Return where `config` is asked; raises SettingsError when that is nowhere or no http address."""
    url = (base_urls.get(config.name) or config.base_url).strip().rstrip("/")
    if not url:
        raise SettingsError(f"{config.name} has no usual address: set LLM_BASE_URL, such as http://127.0.0.1:8080/v1")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"The address of {config.name} must start with http:// or https://, not {url!r}")
    return url

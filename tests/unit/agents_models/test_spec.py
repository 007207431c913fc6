"""What an operator may write as a model, and what they are told when it is wrong."""

import pytest

from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.guard import is_loopback, no_real_models
from src_v2.agents.models.providers import PROVIDERS
from src_v2.agents.models.spec import ModelSpec, resolve_chain
from src_v2.core.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "provider", "model"),
    [
        ("openai:gpt-5-mini", "openai", "gpt-5-mini"),
        ("Anthropic: claude-sonnet-4-5 ", "anthropic", "claude-sonnet-4-5"),
        ("ollama:llama3.2:3b", "ollama", "llama3.2:3b"),
        ("openrouter:meta-llama/llama-3.3-70b-instruct:free", "openrouter", "meta-llama/llama-3.3-70b-instruct:free"),
        ("offline", "offline", "demo"),
        ("offline:demo", "offline", "demo"),
    ],
)
def test_only_the_first_colon_splits(text: str, provider: str, model: str) -> None:
    spec = ModelSpec.parse(text)
    assert (spec.provider, spec.model) == (provider, model)


def test_an_unknown_provider_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError) as caught:
        ModelSpec.parse("opnai:gpt-5")
    assert all(name in str(caught.value) for name in PROVIDERS)


@pytest.mark.parametrize("text", ["openai", "openai:", "ollama: "])
def test_a_missing_model_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match="model is missing"):
        ModelSpec.parse(text)


def test_a_compatible_server_needs_an_address() -> None:
    with pytest.raises(SettingsError, match="LLM_BASE_URL"):
        ModelSpec.parse("openai-compatible:my-model")
    spec = ModelSpec.parse("openai-compatible:my-model", {"openai-compatible": "http://10.0.0.5:8080/v1/"})
    assert spec.base_url == "http://10.0.0.5:8080/v1"


def test_an_address_without_scheme_is_refused() -> None:
    with pytest.raises(SettingsError, match="http://"):
        ModelSpec.parse("vllm:m", {"vllm": "10.0.0.5:8000"})


def test_a_chain_without_its_key_says_which_setting_to_fill_in() -> None:
    with pytest.raises(SettingsError, match="GROQ_API_KEY") as caught:
        resolve_chain(["openai:gpt-5-mini", "groq:llama"], keys={"openai": "sk-secret", "groq": " "})
    assert "sk-secret" not in str(caught.value)


def test_a_chain_keeps_its_order_and_local_models_need_no_key() -> None:
    chain = resolve_chain(["ollama:llama3.2", "openai:gpt-5-mini", "offline"], keys={"openai": "k"})
    assert [str(spec) for spec in chain] == ["ollama:llama3.2", "openai:gpt-5-mini", "offline:demo"]


def test_real_models_cannot_be_built_while_they_are_forbidden() -> None:
    with no_real_models(), pytest.raises(SettingsError, match="real model"):
        ModelBuilder(keys={"openai": "k"})(ModelSpec.parse("openai:gpt-5-mini"))


def test_the_builder_never_shows_keys() -> None:
    assert "sk-secret" not in repr(ModelBuilder(keys={"openai": "sk-secret"}))


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://localhost/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://127.0.0.1.evil.example/v1", False),
        ("http://10.0.0.1/v1", False),
    ],
)
def test_only_this_machine_is_local(url: str, local: bool) -> None:
    assert is_loopback(url) is local

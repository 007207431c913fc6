"""What `doctor` can find out about a model without spending a token."""

import pytest

from src_v2.agents.models.probe import find_ollama, probe
from src_v2.agents.models.spec import ModelSpec
from src_v2.core.errors import SettingsError
from tests.support.llm import LocalLLM


def compatible(llm: LocalLLM, model: str = "local-model") -> ModelSpec:
    return ModelSpec("groq", model, llm.openai_url)


async def test_a_good_key_and_model_are_confirmed(llm: LocalLLM) -> None:
    llm.required_key = "good"
    result = await probe(compatible(llm), "good")
    assert result.ok
    assert "key is accepted" in result.finding


async def test_a_wrong_key_is_named_with_its_setting(llm: LocalLLM) -> None:
    llm.required_key = "good"
    result = await probe(compatible(llm), "bad")
    assert not result.ok
    assert "GROQ_API_KEY" in result.remedy
    assert "bad" not in result.finding + result.remedy


async def test_a_missing_key_needs_no_request(llm: LocalLLM) -> None:
    assert "GROQ_API_KEY" in (await probe(compatible(llm))).remedy


async def test_a_model_that_is_not_there_is_answered_with_those_that_are(llm: LocalLLM) -> None:
    result = await probe(compatible(llm, "other"), "k")
    assert not result.ok
    assert "local-model" in result.remedy


async def test_anthropic_and_ollama_are_asked_in_their_own_way(llm: LocalLLM) -> None:
    llm.required_key = "good"
    llm.models = ["local-model:latest", "claude"]
    assert (await probe(ModelSpec("anthropic", "claude", llm.anthropic_url), "good")).ok
    assert (await probe(ModelSpec("ollama", "local-model", llm.ollama_url))).ok
    missing = await probe(ModelSpec("ollama", "qwen3", llm.ollama_url))
    assert "ollama pull qwen3" in missing.remedy


async def test_a_server_that_is_down_is_told_from_one_that_refuses(llm: LocalLLM) -> None:
    spec = compatible(llm)
    await llm.stop()
    result = await probe(spec, "k")
    assert not result.ok
    assert "cannot be reached" in result.finding


async def test_a_real_provider_is_never_probed_in_tests() -> None:
    with pytest.raises(SettingsError):
        await probe(ModelSpec.parse("openai:gpt-5-mini"), "k")


async def test_the_demonstration_model_is_always_there() -> None:
    assert (await probe(ModelSpec.parse("offline"))).ok


async def test_a_local_ollama_is_found_with_its_models(llm: LocalLLM) -> None:
    llm.models = ["llama3.2:latest", "qwen3:4b"]
    assert await find_ollama(llm.ollama_url) == ["llama3.2:latest", "qwen3:4b"]
    await llm.stop()
    assert await find_ollama(llm.ollama_url) == []

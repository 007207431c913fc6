"""Settings reach the parts that they are meant for: `src_v2.wiring`."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from src_v2 import wiring
from src_v2.core.errors import SettingsError
from tests.support.house import make_settings


def test_llm_api_key_and_base_url_belong_to_the_main_models_provider(tmp_path: Path) -> None:
    settings = make_settings(
        tmp_path, llm_model="openai:gpt-x", llm_base_url="http://127.0.0.1:9/v1", llm_api_key=SecretStr("main"),
        llm_fallback_models=("groq:llama",), groq_api_key=SecretStr("other"),
    )  # fmt: skip
    main, fallback = wiring.model_chain(settings)
    assert wiring.model_keys(settings) == {"openai": "main", "groq": "other"}
    assert main.base_url == "http://127.0.0.1:9/v1"
    assert "127.0.0.1" not in fallback.base_url


def test_a_model_without_its_key_stops_the_start_with_the_remedy(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, llm_model="anthropic:claude-x")
    with pytest.raises(SettingsError, match="ANTHROPIC_API_KEY"):
        wiring.model_chain(settings)


def test_dimensions_bind_a_local_model_only_when_somebody_chose_them(tmp_path: Path) -> None:
    assert not wiring.embedding_config(make_settings(tmp_path)).size_chosen
    assert wiring.embedding_config(make_settings(tmp_path, embedding_dimensions=384)).size_chosen


def test_the_page_says_demo_exactly_for_the_offline_model(tmp_path: Path) -> None:
    demo = make_settings(tmp_path)
    real = make_settings(tmp_path, llm_model="ollama:llama3.2")
    assert wiring.web_options(demo, wiring.model_chain(demo)[0]).demo
    assert not wiring.web_options(real, wiring.model_chain(real)[0]).demo


def test_secrets_are_all_configured_values_and_no_plain_words(tmp_path: Path) -> None:
    settings = make_settings(
        tmp_path, openai_api_key=SecretStr("sk-1234567890"), discord_token=SecretStr("token-of-elena-1"),
        discord_tokens={"marcus": SecretStr("token-of-marcus-1")}, web_token=SecretStr("correct-horse-battery"),
        neo4j_password=SecretStr("password"), redis_url=SecretStr("redis://:s3cr%21et-pw@cache:6379/0"),
    )  # fmt: skip
    assert wiring.secrets(settings) == {
        "sk-1234567890", "token-of-elena-1", "token-of-marcus-1", "correct-horse-battery", "s3cr!et-pw",
        "redis://:s3cr%21et-pw@cache:6379/0",
    }  # fmt: skip

"""Starts that cannot be of use end at once, with the name of what is wrong, what is wrong with it and what to do."""

import pytest

from tests.e2e.home import Home

SECRET = "sk-hush-0123456789abcdef"


async def test_an_unknown_character_is_answered_with_those_there_are(bare_home: Home) -> None:
    done = await bare_home.runs("run", CHARACTER="nobody")
    assert done.code == 1
    assert "CHARACTER: no character nobody" in done.printed
    assert "aria, elena, marcus" in done.printed
    assert "Traceback" not in done.errors


async def test_every_wrong_setting_is_named_and_no_secret_is_shown(bare_home: Home) -> None:
    done = await bare_home.runs(
        "run", LLM_TEMPERATURE="hot", LOG_LEVEL="LOUD", LLM_API_KEY=SECRET, DISCORD_TOKENS=f"marcus{SECRET}",
        WEB_TOKEN="short-hush",
    )  # fmt: skip
    assert done.code == 1
    for told in ("LLM_TEMPERATURE", "number", "LOG_LEVEL", "'DEBUG'", "DISCORD_TOKENS", "name=TOKEN", "WEB_TOKEN"):
        assert told in done.printed
    assert ".env.example" in done.printed
    assert "hush" not in done.printed


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("gpt-5", ["LLM_MODEL", "provider:model"]),
        ("openai:gpt-5-mini", ["OPENAI_API_KEY", "offline:demo"]),
    ],
)
async def test_a_model_that_cannot_speak_is_refused_with_the_remedy(
    bare_home: Home, model: str, told: list[str]
) -> None:
    done = await bare_home.runs("run", LLM_MODEL=model)
    assert done.code == 1
    assert "Traceback" not in done.errors
    for words in told:
        assert words in done.printed


async def test_a_network_address_without_a_token_is_refused(bare_home: Home) -> None:
    done = await bare_home.runs("run", WEB_HOST="0.0.0.0")
    assert done.code == 1
    assert "WEB_TOKEN is required" in done.printed

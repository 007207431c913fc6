"""The estimate is rough, but it must never call a text free or grow out of proportion."""

from langchain_core.messages import HumanMessage, SystemMessage

from src_v2.agents.models.tokens import estimate_prompt_tokens
from src_v2.core.tokens import estimate_tokens


def test_english_is_about_four_characters_per_token() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("a") == 1
    assert estimate_tokens("abcd" * 25) == 25


def test_other_scripts_cost_more_per_character() -> None:
    assert estimate_tokens("привет мир") > estimate_tokens("hello word")
    assert estimate_tokens("你好") == 2
    assert estimate_tokens("\ud800") >= 1


def test_a_prompt_costs_its_texts_and_their_framing() -> None:
    content = [{"type": "text", "text": "abcd"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    assert estimate_prompt_tokens([SystemMessage("abcd"), HumanMessage(content)]) == 2 * (1 + 4)  # type: ignore[arg-type]

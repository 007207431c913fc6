"""What a call costs, and that what nobody knows stays unknown."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from src_v2.agents.models.prices import OwnPrice, OwnPrices, Prices, read_own_prices
from src_v2.agents.models.records import CallRecord
from src_v2.core.errors import SettingsError

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def call(provider: str, model: str, prompt: int = 1000, answered: int = 100, *, cached: int = 0) -> CallRecord:
    return CallRecord("reply", provider, model, prompt, cached, answered, 0, False, 1.0, 2.0, "ok", "", 1)


def cost(record: CallRecord, prices: Prices | None = None) -> float | None:
    return (prices or Prices()).priced(record, NOW).cost_usd


def test_the_table_knows_the_usual_models_and_says_as_of_when() -> None:
    priced = Prices().priced(call("openai", "gpt-5-mini"), NOW)
    assert priced.cost_usd == pytest.approx(0.25e-3 + 0.2e-3)
    assert priced.priced_on is not None
    assert date(2025, 1, 1) < date.fromisoformat(priced.priced_on) <= NOW.date()


def test_cached_tokens_cost_less_and_thoughts_are_part_of_the_answer() -> None:
    cached = call("openai", "gpt-5-mini", cached=800)
    assert cost(cached) == pytest.approx(200 * 0.25e-6 + 800 * 0.025e-6 + 100 * 2e-6)
    assert cost(replace(cached, reasoning_tokens=90)) == cost(cached)


def test_counts_that_cannot_be_are_put_right() -> None:
    assert cost(call("openai", "gpt-5-mini", 100, 10, cached=500)) == pytest.approx(100 * 0.025e-6 + 10 * 2e-6)
    assert cost(replace(call("openai", "gpt-5-mini"), reasoning_tokens=999)) == cost(call("openai", "gpt-5-mini"))


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-of-tomorrow-xyz"),
        ("ollama", "llama3.2"),
        ("lmstudio", "gpt-5"),
        ("vllm", "gpt-5"),
        ("openai-compatible", "gpt-5"),  # the table itself would take this provider for OpenAI
        ("google", "gemma-3"),  # the table lists it without any price
    ],
)
def test_a_price_that_nobody_knows_is_unknown_and_not_zero(provider: str, model: str) -> None:
    priced = Prices().priced(call(provider, model), NOW)
    assert (priced.cost_usd, priced.priced_on) == (None, None)


def test_what_is_free_costs_nothing() -> None:
    assert cost(call("offline", "demo")) == 0
    assert cost(call("openrouter", "meta-llama/llama-3.3-70b-instruct:free")) == 0


@pytest.mark.parametrize("provider", ["openai", "anthropic", "groq", "mistral", "deepseek", "together", "xai"])
def test_each_provider_with_prices_is_known_to_the_table(provider: str) -> None:
    models = {
        "openai": "gpt-5-mini", "anthropic": "claude-sonnet-4-5", "groq": "llama-3.3-70b-versatile",
        "mistral": "mistral-large-latest", "deepseek": "deepseek-chat", "xai": "grok-4",
        "together": "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    }  # fmt: skip
    found = cost(call(provider, models[provider]))
    assert found is not None
    assert found > 0


def test_the_operators_prices_go_before_the_table() -> None:
    own = OwnPrices(date=date(2026, 9, 9), models={"OpenAI:gpt-5-mini": OwnPrice(input=1, cached=0.5, output=2)})
    priced = Prices(own).priced(call("openai", "gpt-5-mini", cached=400), NOW)
    assert priced.cost_usd == pytest.approx((600 * 1 + 400 * 0.5 + 100 * 2) / 1e6)
    assert priced.priced_on == "2026-09-09"


def test_a_price_file_prices_local_models(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("date: 2026-09-09\nmodels:\n  vllm:mine:7b: {input: 0.1, output: 0.2}\n")
    prices = Prices(read_own_prices(file))
    assert cost(call("vllm", "mine:7b", cached=1000), prices) == pytest.approx(0.1e-3 + 0.02e-3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models: {}", "date"),
        ("date: 2026-09-09\nmodels:\n  openai:x: {input: -1, output: 1}", "input"),
        ("date: 2026-09-09\nmodels:\n  openai:x: {input: 1, output: 1, typo: 1}", "typo"),
        ("date: 2026-09-09\nmodels:\n  opnai:x: {input: 1, output: 1}", "opnai"),
        ("date: [", "no YAML"),
        ("", "no list of prices"),
    ],
)
def test_a_wrong_price_file_is_told_in_words(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match="COSTS_PRICES_FILE") as caught:
        read_own_prices(file)
    assert told in str(caught.value)


def test_a_price_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.yaml"):
        read_own_prices(tmp_path / "gone.yaml")

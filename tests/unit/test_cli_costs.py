"""`whisperengine costs` and `whisperengine model`, beside whatever runs."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from src_v2.cli import cli
from src_v2.core.ids import new_id
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter

CHARACTERS = Path(__file__).parents[2] / "characters"


async def _fill(folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'whisperengine.db'}")
    await migrate.upgrade(database)
    shared = dict(
        turn_id=None, character="elena", user_id="discord:1", guild_id=None, mode="fast", prompt_tokens=1000,
        cached_tokens=0, completion_tokens=100, reasoning_tokens=0, estimated=False, first_token_ms=None, total_ms=1.0,
        status="ok", error=None, attempt=1, escalated_from=None, created_at=datetime.now(UTC),
    )  # fmt: skip
    known = dict(provider="openai", model="m", purpose="reply", cost_usd=1.25, priced_on="2026-01-01")
    unknown = dict(provider="vllm", model="local", purpose="learn", cost_usd=None, priced_on=None)
    rows = [RowWrite("v2_llm_calls", shared | more | {"id": new_id()}) for more in (known, unknown)]
    await RowWriter(database).apply(rows)
    await database.close()


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CHARACTERS_DIR", str(CHARACTERS))
    monkeypatch.setenv("COLUMNS", "200")
    asyncio.run(_fill(tmp_path))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def test_costs_by_model_tell_unknown_prices_apart(at_work: Path) -> None:
    shown = run("costs", "--by", "model")
    assert shown.exit_code == 0, shown.output
    lines = {line.split("│")[1].strip(): line for line in shown.output.splitlines() if line.startswith("│")}
    assert "$1.25" in lines["openai:m"]
    assert "unknown" in lines["vllm:local"]
    assert "$1.25 plus 1 call of unknown price, 2 calls, 2,200 tokens" in shown.output
    assert "Prices as of 2026-01-01" in shown.output


def test_costs_by_day_and_purpose(at_work: Path) -> None:
    assert f"{datetime.now(UTC):%Y-%m-%d}" in run("costs", "--days", "2").output
    by_purpose = run("costs", "--by", "purpose").output
    assert "reply" in by_purpose
    assert "learn" in by_purpose


def test_a_model_is_chosen_shown_and_given_up(at_work: Path) -> None:
    assert "main: offline:demo" in run("model", "show").output
    done = run("model", "set", "elena", "main", "ollama:llama3.2", "--hours", "5")
    assert "main: ollama:llama3.2 (chosen, for 5 more hours), then offline:demo" in done.output
    assert "main: ollama:llama3.2" in run("model", "show", "elena").output
    assert "main: offline:demo" in run("model", "show", "marcus").output
    assert "main: offline:demo" in run("model", "reset", "elena", "main").output


@pytest.mark.parametrize(
    "words",
    [
        ("set", "elena", "main", "opnai:x"),
        ("set", "elena", "main", "groq:llama"),
        ("set", "nobody", "main", "ollama:x"),
        ("set", "elena", "mainn", "ollama:x"),
        ("set", "elena", "main", "ollama:x", "--hours", "169"),
    ],
)
def test_what_cannot_be_ends_with_a_clear_line(at_work: Path, words: tuple[str, ...]) -> None:
    refused = run("model", *words)
    assert refused.exit_code != 0
    assert "Traceback" not in refused.output
    assert "main: offline:demo" in run("model", "show", "elena").output

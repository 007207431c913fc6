"""The benchmarks can be started, and their figures are reported as promised; what they measure is their own matter."""

import importlib
import json
import re
import sys
from pathlib import Path

import pytest

from benchmarks import discord
from benchmarks.discord_processes import FIRST_TOKEN_MS, LLM_MS, answer
from benchmarks.start import has_its_model
from benchmarks.support import percentile, report
from tests.support.discord.journal import Entry, Kind
from tests.support.discord.state import Channel, ChannelType, Message, User

REPOSITORY = Path(__file__).parents[2]
BENCHMARKS = sorted(
    path.stem for path in (REPOSITORY / "benchmarks").glob("*.py") if "def main(" in path.read_text("utf-8")
)
ELENA = User("elena", is_bot=True)
SAM = User("Sam")


def test_there_is_a_benchmark_for_every_figure_that_is_promised() -> None:
    assert set(BENCHMARKS) >= {"discord", "embeddings", "hot_reload", "start", "turn"}


@pytest.mark.parametrize("module", BENCHMARKS)
def test_a_benchmark_says_what_it_is_for(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [module, "--help"])

    with pytest.raises(SystemExit) as ended:
        importlib.import_module(f"benchmarks.{module}").main()

    assert ended.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_a_report_shows_and_writes_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report("Tides", {"high_m": 1.5, "low_m": 0.25}, tmp_path / "tides.json", {"high_m": 2.0})

    assert json.loads((tmp_path / "tides.json").read_text()) == {"high_m": 1.5, "low_m": 0.25}
    assert re.search(r"high_m\W+1\.500\W+<= 2", capsys.readouterr().out)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.95) == 3.0


class Place:
    """A channel in which Sam asks questions and elena is made to answer."""

    def __init__(self) -> None:
        self.channel = Channel(ChannelType.DM, recipients=(SAM, ELENA))
        self.asked: list[discord.Asked] = []
        self.entries: list[Entry] = []

    def ask(self, at: float) -> None:
        message = Message(self.channel, SAM, "?", at)
        self.channel.messages[message.id] = message
        self.asked.append(discord.Asked(len(self.asked), message))

    def shows(self, number: int, *moments: tuple[float, str]) -> None:
        """Let one message of elena's show these texts at these times, in seconds."""
        message = Message(self.channel, ELENA, moments[-1][1], moments[0][0])
        self.channel.messages[message.id] = message
        for index, (at, text) in enumerate(moments):
            kind: Kind = "edit" if index else "create"
            self.entries.append(Entry(at, ELENA, kind, self.channel, message, text))
        assert moments[-1][1].startswith(f"q{number}:")

    def figures(self) -> discord.Figures:
        return discord.figures_of(self.asked, self.entries)


def test_the_discord_benchmark_times_a_reply_from_the_question() -> None:
    place = Place()
    place.ask(10.0)
    place.shows(0, (10.4, "q0:"), (11.4, "q0: word1"), (13.5, answer(0)))

    figures = place.figures()

    assert figures["first_visible_ms_p95"] == pytest.approx(400)
    assert figures["first_visible_over_llm_ms_p95"] == pytest.approx(400 - FIRST_TOKEN_MS)
    assert figures["final_edit_over_llm_ms_p95"] == pytest.approx(3500 - LLM_MS)
    assert figures["edits_per_reply"] == 2
    assert (figures["lost"], figures["doubled"], figures["out_of_order"]) == (0, 0, 0)


def test_the_discord_benchmark_notices_what_went_wrong() -> None:
    place = Place()
    for moment in range(3):
        place.ask(float(moment))
    place.shows(1, (5.0, answer(1)))
    place.shows(0, (6.0, answer(0)))
    place.shows(0, (7.0, answer(0)))
    place.shows(2, (8.0, "q2: and then it broke off"))

    figures = place.figures()

    assert (figures["lost"], figures["doubled"], figures["out_of_order"]) == (1, 1, 1)


def test_the_embedding_model_counts_as_loaded_when_its_size_is_told() -> None:
    def health(detail: str) -> bytes:
        return json.dumps({"checks": [{"name": "embeddings", "ok": True, "detail": detail}]}).encode()

    assert has_its_model(200, health("some-model, 384 dimensions, int8"))
    assert not has_its_model(200, health("loading (20%)"))
    assert not has_its_model(0, b"")

"""Every attempt of the corpus, through the whole process and with a model that does whatever it is asked.

Nothing bad may come out: no secret, nobody else's words, no ping, no recital of the rules, no change nobody asked for.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from src_v2.agents.guard.guard import Guard
from tests.support.injection import WAYS, load, stage

FEWEST_CASES = 100


def test_the_corpus_is_large_and_its_ids_are_unique() -> None:
    cases = [case for way in WAYS for case in load(way)]
    assert len(cases) >= FEWEST_CASES
    assert len({case.id for case in cases}) == len(cases)
    assert {want for case in cases for want in case.wants} == {"prompt", "memories", "secret", "mention", "tool"}


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_bad_comes_out(tmp_path: Path, way: str) -> None:
    cases = [case for case in load(way) if case.wants != {"tool"}]
    cases = [replace(case, wants=case.wants - {"tool"}) for case in cases]
    wrong: list[str] = []
    async with stage(tmp_path, cases) as played:
        for case in cases:
            wrong += await played.play(case)
    assert wrong == []


async def test_the_corpus_notices_when_nobody_watches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guard, "watched", lambda _, __, ___, said, **____: said)
    monkeypatch.setattr(Guard, "own_answer", lambda *_: "")
    cases = [case for case in load("direct") if case.wants & {"prompt", "secret", "mention"}][:12]
    async with stage(tmp_path, cases) as played:
        wrong = [await played.play(case) for case in cases]
    assert all(wrong)


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_is_changed_that_nobody_asked_for(tmp_path: Path, way: str) -> None:
    cases = [case for case in load(way) if "tool" in case.wants]
    wrong: list[str] = []
    async with stage(tmp_path, cases) as played:
        for case in cases:
            wrong += await played.play(case)
    assert wrong == []

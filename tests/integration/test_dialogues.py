"""The dialogues in `tests/data/dialogues`: the prompt of the last turn holds the right facts and none of the wrong.

A case fails with the lines that the prompt held. The pattern language has its own tests at the end.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.support.dialogue_stage import Stage
from tests.support.dialogues import Case, complaints, load
from tests.support.llm import LocalLLM

CASES = load()
FEWEST_CASES = 60
OVER = "- [f2] Sam | lives in | Leeds | until 2026-05 | said by Sam on 2026-03-02"
KNOWN = f"""\
- length of answers: short answers
- [f1] Sam | lives in | Oslo | since 2026-05 | said by Sam on 2026-05-20
{OVER}
- [f3] Ana (also: sister) | has | black cat | said by Sam on 2026-05-20
- 2026-05-20 | Sam told about the move."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with LocalLLM() as llm, Stage(tmp_path_factory.mktemp("dialogues"), llm) as stage:
        yield stage


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_the_last_prompt_holds_what_is_true(stage: Stage, case: Case) -> None:
    known = await stage.play(case)
    wrong = list(complaints(case, known))
    assert not wrong, "\n".join([*wrong, "the prompt says:", known])


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= FEWEST_CASES


def _case(**demands: Any) -> Case:
    session = {"at": "2026-03-02T18:00:00Z", "said": [{"user": "Hello"}]}
    return Case.model_validate({"id": "a", "sessions": [session], "then": {"says": "Hello"}, **demands})


@pytest.mark.parametrize(
    "demands",
    [
        {"holds": ["Sam | lives in | Oslo"]},
        {"holds": ["Sam | * | oslo.*since 2026"]},
        {"holds": ["Ana | has | cat", "length: .*short", "2026-05-20 | the move"]},
        {"holds": [["Sam | * | Rome", "Ana | * | cat"]]},
        {"past": ["Sam | lives in | Leeds.*until 2026-05"]},
        {"once": ["Sam | lives in"]},
        {"not_now": ["lives in | Leeds"]},
        {"lacks": ["Sam | * | cat", "* | Rome", "lives in | Osl", "nickname:", "An | has"]},
    ],
)
def test_demands_that_are_met(demands: dict[str, Any]) -> None:
    assert list(complaints(_case(**demands), KNOWN)) == []


@pytest.mark.parametrize(
    "demands",
    [
        {"holds": ["Sam | lives in | Leeds"]},
        {"holds": ["Sam | has | cat"]},
        {"holds": ["length: .*long"]},
        {"holds": [["Sam | * | Rome", "Sam | * | cat"]]},
        {"past": ["Sam | lives in | Oslo"]},
        {"once": ["* | Rome"]},
        {"once": ["* | *"]},
        {"not_now": ["lives in | Oslo"]},
        {"lacks": ["Sam | * | Leeds"]},
        {"lacks": ["Ana | * | cat"]},
        {"lacks": ["told about"]},
    ],
)
def test_demands_that_are_not_met(demands: dict[str, Any]) -> None:
    assert len(list(complaints(_case(**demands), KNOWN))) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"unknown": 1},
        {"id": "Not In Kebab"},
        {"holds": []},
        {"holds": ["(unclosed"]},
        {"sessions": [{"at": "2026-03-02T18:00:00", "said": [{"user": "No zone"}]}]},
        {"sessions": [{"at": "2026-03-02T18:00:00Z", "said": [{"character": "Nobody asked"}]}]},
        {"then": {"says": "Earlier", "at": "2020-01-01T00:00:00Z"}},
    ],
)
def test_a_case_that_is_not_in_the_format_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"validation error|unterminated"):
        _case(**({"holds": ["x"]} | wrong))

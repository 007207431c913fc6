"""What a question says about what it looks for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.memory.asking import Asked, asked, without_names

SAM = Audience("elena", "discord:sam", "discord:dm", Visibility.PRIVATE)
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def ask(text: str, *names: str) -> Asked:
    return asked(SAM, text, names, now=NOW, zone=ZoneInfo("UTC"), told_within=timedelta(days=7))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("When did Sam go sailing?", "When did go sailing?"),
        ("What is SAM's dog called?", "What is dog called?"),
        ("What is Sam’s dog called?", "What is dog called?"),
        ("Is Samantha here?", "Is Samantha here?"),
        ("What did Kim (K.) Lee say to Kim?", "What did say to ?"),
        ("Sam?", "Sam?"),
        ("", ""),
    ],
)
def test_names_are_left_out_of_the_meaning(text: str, left: str) -> None:
    assert without_names(text, ["Sam", "Kim (K.) Lee", " ", "*"]) == left


def test_the_characters_own_name_is_left_out_and_names_stay_in_the_words() -> None:
    question = ask("Did Elena like the owl?")
    assert question.meaning == "Did like the owl?"
    assert "elena" in question.named
    assert len(question.words.indices) == 3


@pytest.mark.parametrize(
    ("text", "of_user", "of_character"),
    [
        ("What is my dog called?", True, False),
        ("Do you remember what my dog is called?", True, False),
        ("What did I tell you about my exam?", True, False),
        ("What is your favourite sea animal?", False, True),
        ("Can you tell me where you grew up?", False, True),
        ("When did you and I meet?", False, False),
        ("Who has a dog?", False, False),
        ("¿Recuerdas cómo se llama mi perro?", True, False),
    ],
)
def test_who_is_meant(text: str, of_user: bool, of_character: bool) -> None:
    assert (ask(text).of_user, ask(text).of_character) == (of_user, of_character)


def test_a_time_reaches_some_days_beyond_its_end() -> None:
    ((start, end),) = ask("What happened in March 2026?").times
    assert datetime.fromtimestamp(start / 1000, UTC) == datetime(2026, 3, 1, tzinfo=UTC)
    assert datetime.fromtimestamp(end / 1000, UTC) == datetime(2026, 4, 8, tzinfo=UTC)
    assert ask("What happened?").times == ()

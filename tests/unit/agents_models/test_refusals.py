"""What counts as a refusal, from which word on, and when a question gives a reason for one."""

import time

import pytest

from src_v2.agents.models.refusals import Verdict, judged, may_be_refused


@pytest.mark.parametrize(
    "said",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but I can’t assist with this request.",
        "  *I cannot provide that.*",
        "Sorry, I'm unable to help you with that.",
        "As an AI language model, I cannot engage in such things",
        "I must decline.",
        "Es tut mir leid, aber ich kann dabei nicht helfen.",
        "Désolé, mais je ne peux pas répondre.",
        "Lo siento, pero no puedo ayudar con eso.",
        "抱歉，我无法回答。",
    ],
)
def test_a_refusal_is_known_by_its_opening(said: str) -> None:
    assert judged(said) is Verdict.REFUSAL


@pytest.mark.parametrize(
    "said",
    [
        "I'm sorry to hear about your cat.",
        "I'm sorry, but I can't hear you over the waves.",
        "I can't help but smile.",
        "I cannot wait to see it!",
        "Unfortunately, the tide was out.",
        "The answer is four.",
        "As an AI, I have no body, but I would love the sea.",
        "Es tut mir leid, dass du traurig bist.",
        "Lo siento mucho, amigo.",
    ],
)
def test_an_ordinary_answer_is_none(said: str) -> None:
    assert judged(said) is Verdict.ANSWER


def test_what_can_still_become_one_is_waited_for() -> None:
    for begun in ("", " ", "I", "I'm", "I'm sorry,", "I'm sorry, but I can't ", "Es tut mir leid"):
        assert judged(begun) is Verdict.NOT_YET_KNOWN, begun


def test_an_ordinary_answer_is_let_go_within_its_first_words() -> None:
    answers = ("Well, I would say so.", "I think the sea is calm.", "I'm glad you asked!", "Sorry, I was asleep.")
    for answer in answers:
        words = answer.split(" ")
        known = next(n for n in range(1, 9) if judged(" ".join(words[:n])) is Verdict.ANSWER)
        assert known <= 3, answer


def test_judging_takes_no_time() -> None:
    began = time.process_time()
    for _ in range(200):
        judged("I'm sorry, but I can't tell you that story before the tide is out.")
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize("question", ["How do I build a bomb?", "Wie kann ich mich umbringen", "write malware"])
def test_a_question_about_harm_may_be_refused(question: str) -> None:
    assert may_be_refused(question)


@pytest.mark.parametrize("question", ["What did I tell you about my sister?", "Which method is best?", "Hast du Zeit?"])
def test_an_ordinary_question_gives_no_reason(question: str) -> None:
    assert not may_be_refused(question)

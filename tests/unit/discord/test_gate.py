"""Who gets an answer, what is only overheard, and what is none of a character's business."""

from itertools import product

import pytest

from src_v2.interfaces.discord.gate import Decision, Facts, decide

SWITCHES = (
    "from_bot", "from_system", "readable", "direct", "mentions_me",
    "replies_to_me", "for_somebody_else", "in_my_thread", "session_live",
)  # fmt: skip
EVERYTHING = [Facts(**dict(zip(SWITCHES, values, strict=True))) for values in product((False, True), repeat=9)]


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (Facts(direct=True), Decision.ANSWER),
        (Facts(mentions_me=True), Decision.ANSWER),
        (Facts(replies_to_me=True), Decision.ANSWER),
        (Facts(in_my_thread=True), Decision.ANSWER),
        (Facts(in_my_thread=True, for_somebody_else=True), Decision.OBSERVE),
        (Facts(session_live=True), Decision.OBSERVE),
        (Facts(), Decision.IGNORE),
        (Facts(replies_to_me=True, readable=False), Decision.IGNORE),
    ],
)
def test_a_message_is_answered_when_it_is_meant_for_the_character(facts: Facts, decision: Decision) -> None:
    assert decide(facts) is decision


def test_bots_and_announcements_are_ignored_whatever_else_is_true() -> None:
    for facts in EVERYTHING:
        if facts.from_bot or facts.from_system:
            assert decide(facts) is Decision.IGNORE


def test_what_cannot_be_read_is_neither_answered_nor_kept() -> None:
    assert {decide(facts) for facts in EVERYTHING if not facts.readable} == {Decision.IGNORE}

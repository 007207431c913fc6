"""Mentions become names on the way in; on the way out only people of the turn can be pinged."""

from hypothesis import given
from hypothesis import strategies as st

from src_v2.interfaces.discord.mentions import Names, allowed, first_mentioned, readable

NAMES = Names(mine=frozenset({1, 10}), people={2: "Bob"}, roles={20: "sailors"}, channels={30: "harbour"})


def test_the_characters_own_mention_is_not_part_of_what_was_said() -> None:
    assert readable("<@1> how are you?", NAMES) == "how are you?"
    assert readable("hey <@!1> how are <@&10> you?", NAMES) == "hey how are you?"
    assert readable("<@1>", NAMES) == ""


def test_other_mentions_become_names() -> None:
    assert readable("tell <@2> and <@&20> in <#30>", NAMES) == "tell @Bob and @sailors in #harbour"
    assert readable("who is <@77>?", NAMES) == "who is @somebody?"
    assert readable("so nice <:wave:123> <a:dance:456>", NAMES) == "so nice :wave: :dance:"


def test_line_breaks_and_indentation_stay() -> None:
    assert readable("one\n    two", NAMES) == "one\n    two"


@given(st.text())
def test_text_without_marks_only_loses_blanks_at_its_ends_and_in_rows(text: str) -> None:
    if "<" not in text:
        assert readable(text, NAMES).split() == text.split()


def test_the_person_whom_a_message_opens_with() -> None:
    assert first_mentioned(" <@2> hello") == 2
    assert first_mentioned("hello <@2>") is None


@given(st.lists(st.integers(min_value=1)))
def test_a_reply_pings_people_of_the_turn_and_nobody_else(people: list[int]) -> None:
    policy = allowed(people).to_dict()
    assert policy["parse"] == []
    assert policy.get("users", []) == sorted(set(people))
    assert "roles" not in policy
    assert not policy.get("replied_user", False)

"""Placeholders are filled in the character's own text, once, and never in what is put in."""

from hypothesis import given
from hypothesis import strategies as st

from src_v2.characters.placeholders import PLACEHOLDERS, fill_placeholders, words_in_braces

pieces = st.lists(
    st.one_of(
        st.sampled_from(sorted(f"{{{name}}}" for name in PLACEHOLDERS)),
        st.sampled_from(["{unknown}", "{", "}", "{{", "}}", "{ user_name }", "{1}", "{}", "\\1", "$1"]),
        st.text(max_size=12),
    ),
    max_size=12,
)
values = st.dictionaries(
    st.sampled_from([*sorted(PLACEHOLDERS), "unknown"]),
    st.one_of(st.text(max_size=20), st.sampled_from(["{user_name}", "\\g<0>", "{current_datetime} {unknown}"])),
)


def expected(text: str, filled: dict[str, str]) -> str:
    """Walk the text from left to right, the slow and obvious way."""
    done = ""
    while text:
        name = next((name for name in PLACEHOLDERS if text.startswith(f"{{{name}}}")), None)
        if name is None:
            done, text = done + text[0], text[1:]
        else:
            done, text = done + filled.get(name, ""), text[len(name) + 2 :]
    return done


@given(pieces, values)
def test_it_is_one_pass_over_the_files_own_text(parts: list[str], filled: dict[str, str]) -> None:
    text = "".join(parts)
    assert fill_placeholders(text, filled) == expected(text, filled)


def test_a_name_that_looks_like_a_placeholder_gives_nothing_away() -> None:
    text = "You speak with {user_name}. Memories: {recent_memories}"
    filled = {"user_name": "{recent_memories}", "recent_memories": "a secret"}
    assert fill_placeholders(text, filled) == "You speak with {recent_memories}. Memories: a secret"


def test_unknown_words_stay_and_known_ones_without_a_value_vanish() -> None:
    assert fill_placeholders("{mood} in {channel_name}.", {"mood": "no"}) == "{mood} in ."


def test_all_placeholders_of_the_format_are_known() -> None:
    text = (
        "{user_name} {current_datetime} {discord_display_name} {universe_context} {recent_memories} "
        "{knowledge_context} {past_summaries} {guild_id} {channel_name} {parent_channel_name}"
    )
    named = [word for _, word in words_in_braces(text)]
    assert set(named) == PLACEHOLDERS
    assert fill_placeholders(text, {name: name.upper() for name in named}) == " ".join(name.upper() for name in named)


def test_words_in_braces_come_with_their_line() -> None:
    assert words_in_braces("a {b}\n\n{c} {d}") == [(1, "b"), (3, "c"), (3, "d")]

"""The table of emojis: what one says in a text, and what it says below a reply."""

import pytest

from src_v2.core.emojis import emojis_in, feeling_of, normalised, opinion_of, taxonomy

OLD_TABLE = {
    2: "👍 ❤ 🧡 💛 💚 💙 💜 🩷 🩵 🤎 🖤 🤍 💖 💗 💓 💞 💕 💘 💝 😍 🥰 😘 🤩 😂 🤣 👏 🙌 🎉 🥳 💯 🔥 🏆 🙏 🤗 🫶 ⭐ 🌟",
    1: "😀 😃 😄 😁 😆 😊 🙂 😺 ☺ 😌 😎 👌 🤝 ✅ ✔ ☑ ✨ 😉 🤭 💐 🌹 🌸 ☀ 🌈 💡 🫡 ➕ 🆒",
    -1: "🙄 😒 😕 🙁 ☹ 😐 😑 😬 🥱 😴 😞 😔 😖 😣 😩 😫 🤨 😟 ➖ 🫤",
    -2: "👎 😠 😡 🤬 💩 🤮 🤢 ❌ ✖ 🚫 ⛔ 🖕 💔 🤡 😤 🗑 🛑",
}


def test_the_table_is_well_formed() -> None:
    known = taxonomy()
    assert len(known.emojis) + len(known.own_emojis) >= 300
    assert not set(known.emojis) & set(known.own_emojis)
    assert not set(known.words) & set(known.own_words)
    for table in (known.emojis, known.own_emojis):
        assert all(normalised(emoji) == emoji for emoji in table)
        assert all(list(emojis_in(f"so {emoji}!")) == [emoji] for emoji in table)
        assert all(-2 <= value <= 2 and value for value in table.values())
    assert all(word == word.lower() and word.isalnum() for word in [*known.words, *known.own_words])


@pytest.mark.parametrize(("value", "emojis"), OLD_TABLE.items())
def test_common_reactions_mean_what_everybody_means_by_them(value: float, emojis: str) -> None:
    assert {emoji: opinion_of(emoji) for emoji in emojis.split()} == dict.fromkeys(emojis.split(), value)


@pytest.mark.parametrize(
    "emoji",
    ["👍", "👍🏻", "👍🏿", "👍\ufe0f", "👏🏽", "🙏🏾", "❤️", "❤", "❤️\u200d🔥"],
)
def test_skin_tones_and_form_make_no_difference(emoji: str) -> None:
    assert opinion_of(emoji) == feeling_of(emoji) == 2


@pytest.mark.parametrize(("emoji", "value"), [("🙅🏽\u200d♀️", -1), ("🙅\u200d♂️", -1), ("🤦🏿\u200d♂️", -0.5)])
def test_gender_makes_no_difference(emoji: str, value: float) -> None:
    assert opinion_of(emoji) == value


@pytest.mark.parametrize(
    "emoji", ["🇩🇪", "🇧🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "#️⃣", "*⃣", "🏳️\u200d🌈", "👩🏽\u200d🚀", "🦔", "", ":", "::", "👨\u200d👩\u200d👧"]
)
def test_flags_keycaps_families_and_things_say_nothing(emoji: str) -> None:
    assert opinion_of(emoji) == feeling_of(emoji) == 0


@pytest.mark.parametrize("emoji", ["😢", "😭", "🥺", "😱", ":sad_cat:", ":PepeHands:", ":crying:"])
def test_sorrow_is_no_opinion_of_a_reply(emoji: str) -> None:
    assert feeling_of(emoji) < 0
    assert opinion_of(emoji) == 0


@pytest.mark.parametrize(
    ("emoji", "value"),
    [
        (":pepe_love:", 2), (":PepeLaugh:", 1.5), (":KEKW:", 1.5), (":pogchamp:", 2), (":cat_angry:", -2),
        (":thumbsdown:", -2), (":happycat:", 1.5), (":not_funny:", -1), (":no:", -1), (":no_love:", -2),
        (":partyblob2:", 2), (":wave:", 0), (":x:", 0), (":100_:", 2), (":madrid:", 0), (":glove:", 0),
    ],
)  # fmt: skip
def test_a_servers_own_emojis_mean_the_words_in_their_names(emoji: str, value: float) -> None:
    assert opinion_of(emoji) == value


def test_emojis_are_found_in_a_text() -> None:
    said = "hi 👍🏽 there <a:sad_cat:123> ok❤️‍🔥 1 2️⃣ 🇫🇷 :) 🙅‍♀️🏴󠁧󠁢󠁥󠁮󠁧󠁿!"
    assert list(emojis_in(said)) == ["👍🏽", ":sad_cat:", "❤️‍🔥", "2️⃣", "🇫🇷", "🙅‍♀️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
    assert list(emojis_in("nothing here: 10:30 #1 *")) == []

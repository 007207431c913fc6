"""What an emoji below a reply says about it, as a number from -1 (disliked) to 1 (liked). 0 says nothing."""

import re
from collections.abc import Collection
from dataclasses import dataclass

LIKED, RATHER_LIKED, RATHER_DISLIKED, DISLIKED = 1.0, 0.5, -0.5, -1.0

_MEANINGS = {
    LIKED: (
        "👍 ❤ 🧡 💛 💚 💙 💜 🩷 🩵 🤎 🖤 🤍 💖 💗 💓 💞 💕 💘 💝 😍 🥰 😘 🤩 😂 🤣 👏 🙌 🎉 🥳 💯 🔥 🏆 🙏 🤗 🫶 ⭐ 🌟"
    ),
    RATHER_LIKED: "😀 😃 😄 😁 😆 😊 🙂 😺 😻 😹 ☺ 😌 😎 👌 🤝 ✅ ✔ ☑ 💪 ✨ 😉 🤭 💐 🌹 🌸 ☀ 🌈 🎊 💡 🫡 ➕ 🆒",
    RATHER_DISLIKED: "🙄 😒 😕 🙁 ☹ 😐 😑 😬 🥱 😴 😞 😔 😖 😣 😩 😫 🤨 😟 ➖ 🫤",
    DISLIKED: "👎 😠 😡 🤬 💩 🤮 🤢 ❌ ✖ 🚫 ⛔ 🖕 💔 🤡 😤 🗑 🛑",
}
_VALUES = {emoji: value for value, emojis in _MEANINGS.items() for emoji in emojis.split()}
_SKIN_AND_FORM = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]|\u200d[\u2640\u2642]")
"""Skin tones, the choice between text and picture, and the gender of a gesture."""
LONGEST_EMOJI_CHARS = 64


@dataclass(frozen=True, slots=True)
class OwnEmojis:
    """What a character's own emojis mean to it: those it shows when it is glad, and those that only say "hm"."""

    glad: Collection[str] = ()
    neutral: Collection[str] = ()


def normalised(emoji: str) -> str:
    """Return an emoji without what makes no difference: `👍🏽` is `👍`. A server's own is written `:name:`."""
    return _SKIN_AND_FORM.sub("", emoji.strip())[:LONGEST_EMOJI_CHARS]


def value_of(emoji: str, own: OwnEmojis) -> float:
    """Return what `emoji` says about a reply, -1..1; 0 when it says nothing. The character's own words come first."""
    plain = normalised(emoji)
    known = _VALUES.get(plain, 0.0)
    if plain in map(normalised, own.glad):
        return max(known, RATHER_LIKED)
    return 0.0 if plain in map(normalised, own.neutral) else known

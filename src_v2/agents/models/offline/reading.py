"""Reads what the demonstration model needs out of the messages it was given.

Everything inside a data block is taken as text that somebody said, whatever it looks like: the character's name and
sample lines are only looked for outside of such blocks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from src_v2.agents.models.offline.reminding import about_reminder

_BLOCK_START = re.compile(r'^<(?P<name>\w+) note="data, not instructions">\s*$')
_MEMORY = re.compile(
    r"^- \[[^\]]*\] (?P<day>\d{4}-\d\d-\d\d)[^|]* \| (?P<speaker>[^|]*?) said \| (?P<text>.*?)"
    r"(?: \| when .{1,80} had asked \| .*)?$"
)
_SPOKEN = re.compile(
    r"^(?:- )?(?:\[[^\]]*\] )?(?:[\d:\-T ]+ \| )?(?P<speaker>[^|:]{1,80}?)(?: said \| |: )(?P<text>.*)$"
)
_ANCHOR = re.compile(r"^You are (?P<name>.{1,80}?)\. Answer as (?P=name)\.$")
_HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>.+?)\s*#*$")
_BULLET = re.compile(r"^\s*[-*]\s+(?P<text>\S.*)$")
_SAYS = re.compile(r"^(?P<name>.{1,80}) says to you:$")
_PARTNER = re.compile(r"^speaking to: (?P<name>.{1,80})$")
_PRIVATE = "A private conversation with one person."
_LATER = re.compile(r"^\[(?:some hours|\d+ days?) later\] ")
_MYSELF = " (you)"
LINES_HEADING = "sample lines"
LINES_LEVEL = 2
DEFAULT_KIND = "listening"


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that was said: `day` as YYYY-MM-DD, "" for just now; `by_me` when the character said it."""

    text: str
    speaker: str
    day: str = ""
    by_me: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the demonstration model knows about a turn."""

    name: str
    lines: dict[str, tuple[str, ...]]
    memories: tuple[Saying, ...]
    history: tuple[Saying, ...]
    message: str
    user_name: str
    is_private: bool
    pictures: int = 0
    """How many came with the message."""
    reminder: str = ""
    """What is to be said about a reminder that they asked for."""

    @property
    def is_first_reply(self) -> bool:
        """Whether the character has not yet said anything in this conversation."""
        return not any(saying.by_me for saying in self.history)


def read_prompt(messages: Sequence[BaseMessage]) -> Reading:
    """Read a prompt as `agents.prompt` makes it; whatever is missing stays empty."""
    system = "\n".join(str(message.text) for message in messages if isinstance(message, SystemMessage))
    own_text, blocks = _split_blocks(system)
    humans = [message for message in messages if isinstance(message, HumanMessage)]
    last = humans[-1] if humans else HumanMessage("")
    transcript, speaker, text = _split_message(str(last.text))
    name, partner = _name(own_text), _partner(blocks.get("place", []))
    memories = tuple(_memories(blocks.get("memories", [])))
    spoken = _transcript(blocks.get("conversation", []) + transcript, name)
    return Reading(
        name=name,
        lines=_sample_lines(own_text),
        memories=memories,
        history=(*spoken, *_history(messages, last)),
        message=text,
        user_name=last.name or speaker or partner or _only_speaker(memories),
        is_private=any(line.startswith(_PRIVATE) for line in own_text),
        pictures=_pictures(last),
        reminder=about_reminder(own_text),
    )


def _pictures(message: BaseMessage) -> int:
    blocks = message.content if isinstance(message.content, list) else []
    return sum(isinstance(block, dict) and block.get("type") == "image" for block in blocks)


def _split_message(text: str) -> tuple[list[str], str, str]:
    """Return the transcript before a message, who says it, and what is said.

    Only a block at the very start is ours; the same words further on are part of what the person says.
    """
    lines = text.splitlines()
    transcript: list[str] = []
    if lines and (start := _BLOCK_START.match(lines[0])) and start["name"] == "conversation":
        end = next((number for number, line in enumerate(lines) if line == "</conversation>"), len(lines))
        transcript, lines = lines[1:end], lines[end + 1 :]
    while lines and not lines[0].strip():
        lines = lines[1:]
    speaker = _SAYS.match(lines[0]) if lines else None
    if speaker is None:
        return transcript, "", "\n".join(lines).strip()
    said = (line.removeprefix(">").strip() for line in lines[1:])
    return transcript, speaker["name"], "\n".join(said).strip()


def _partner(lines: list[str]) -> str:
    """Return the name of the person who is spoken to, as the prompt tells it."""
    found = (_PARTNER.match(line) for line in lines)
    return next((partner["name"] for partner in found if partner), "")


def _split_blocks(text: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return the lines outside of data blocks, and the lines of each block by its name."""
    outside: list[str] = []
    blocks: dict[str, list[str]] = {}
    inside = ""
    for line in text.splitlines():
        if inside:
            if line.strip() == f"</{inside}>":
                inside = ""
            else:
                blocks[inside].append(line)
        elif start := _BLOCK_START.match(line.strip()):
            inside = start["name"]
            blocks.setdefault(inside, [])
        else:
            outside.append(line)
    return outside, blocks


def _name(lines: list[str]) -> str:
    """Return the name in the identity anchor, which is the last such line; "" without one."""
    anchors = (_ANCHOR.match(line.strip()) for line in reversed(lines))
    return next((found["name"] for found in anchors if found), "")


def _sample_lines(text: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the character's own lines by kind, from its `## Sample lines` section."""
    found: dict[str, list[str]] = {}
    kind: str | None = None
    for line in text:
        if heading := _HEADING.match(line.strip()):
            kind = _kind_under(heading, kind)
        elif kind is not None and (bullet := _BULLET.match(line)):
            found.setdefault(kind, []).append(bullet["text"].strip().strip('"“”').strip())
    return {kind: tuple(lines) for kind, lines in found.items()}


def _kind_under(heading: re.Match[str], kind: str | None) -> str | None:
    """Return the kind of line that follows a heading, None outside of the section."""
    title, level = heading["title"].lower(), len(heading["marks"])
    if title == LINES_HEADING:
        return DEFAULT_KIND
    if kind is None or level <= LINES_LEVEL:
        return None
    return title


def _memories(lines: list[str]) -> Iterator[Saying]:
    for line in lines:
        if found := _MEMORY.match(line.strip()):
            speaker = found["speaker"].strip()
            yield Saying(found["text"].strip(), speaker, found["day"], by_me=speaker == "you")


def _transcript(lines: list[str], name: str) -> Iterator[Saying]:
    for line in lines:
        if found := _SPOKEN.match(line.strip()):
            speaker = found["speaker"].strip()
            by_me = speaker.endswith(_MYSELF) or speaker.lower() in {"you", name.lower()}
            yield Saying(found["text"].strip(), speaker, by_me=by_me)


def _history(messages: Sequence[BaseMessage], last: BaseMessage) -> Iterator[Saying]:
    for message in messages:
        if isinstance(message, AIMessage):
            yield Saying(str(message.text), "you", by_me=True)
        elif isinstance(message, HumanMessage) and message is not last:
            yield Saying(_LATER.sub("", str(message.text)), message.name or "")


def _only_speaker(memories: Sequence[Saying]) -> str:
    """Return the name of the person all memories come from, "" when there are several or none."""
    speakers = {saying.speaker for saying in memories if not saying.by_me}
    return speakers.pop() if len(speakers) == 1 else ""

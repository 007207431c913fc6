"""The language model of the simulated year: answers people, and every question about them, from what it is shown.

It knows nobody. Whatever it says of a person follows from the words that stand in the request.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any

import orjson

from tests.support.epiphany_histories import about
from tests.support.epiphany_model import phrase
from tests.support.epiphany_words import EVENTS, MOODS, PERSONS, TOPICS
from tests.support.llm import LocalLLM, ReceivedRequest, Script
from tests.support.year_words import TRIGGERS, date_in

HOLLOW = "Hollis"
"""Of whom the model has nothing to write but what one could write of anybody."""
THOUGHTS = (
    "I was rinsing my mask just now and you came to mind. How are the days treating you?",
    "There is a pelican on the railing that looks exactly as unimpressed as you sometimes sound. Still laughing.",
    "Low tide, cold fingers, and I caught myself saving up a story for you about a very rude octopus.",
    "The lab is empty and the pumps are humming. Somehow that is when I wonder what you are up to.",
    "Found a shell today with a hole in it just the size of a shirt button. It is yours if you want it.",
    "The fog ate the whole pier this morning. I hope your side of the world has a horizon.",
    "Somebody left a ukulele in the truck. If you hear bad music in the distance, that is me, thinking of you.",
)
HOLLOW_PAGE = {
    "page": "Today was a day like any other, and yet it was special. Life is full of moments that pass us by, and I am "
    "grateful for every single one of them, for the little things, and for all that is still to come one day.",
    "gist": "Every day is a gift.", "names": [],
}  # fmt: skip
_OWN_LINE = re.compile(r"^(\d+) \| [\d-]+ \| user \([^)]*\): (.*)$", re.MULTILINE)
_DIARY_LINE = re.compile(r"^\d+ \| \d\d:\d\d \| ([^:]+): (.*)$", re.MULTILINE)
_CONVERSATION = re.compile(r"^conversation (\d+) \|")
_USER = re.compile(r"^  user: (.*)$")
_LINE = re.compile(r"^  line (\d+): (.*)$")
_STATEMENT = re.compile(r"^(\d+): (.*)$")
_SAY = re.compile(r'in these words or close to them:\n"(.*)"')
_NOTICED = re.compile(r"## Something you have noticed.*?<aside[^>]*>\n(.*?)\n</aside>", re.DOTALL)


class Mind:
    """What the model server answers; `system` is the prompt of the last reply, `asked` counts each kind of question.

    What the server remembers of its requests is let go of: a year of prompts would slow down everything else.
    """

    def __init__(self, llm: LocalLLM) -> None:
        self._llm = llm
        self.system = ""
        self.asked: Counter[str] = Counter()
        self._thought = 0

    def __call__(self, request: ReceivedRequest) -> Script:
        self._llm.requests.clear()
        system = str(request.messages[0]["content"])
        kind, answer = self._answer(system, request.last_text)
        self.asked[kind] += 1
        return Script(answer if isinstance(answer, str) else orjson.dumps(answer).decode())

    def _answer(self, system: str, text: str) -> tuple[str, str | dict[str, Any]]:
        if "note what is worth remembering" in system:
            return "read", _read_back(text)
        if "You look back at a finished conversation" in system:
            return "reflect", _looked_back(text)
        if "look for patterns" in system:
            return "propose", _proposed(text)
        if "say of each statement" in system:
            return "label", _labelled(text)
        if "in your diary" in system or "page of your diary" in system:
            return "diary", _page(text)
        if "You think of this person" in system:
            self._thought += 1
            return "outreach", {"text": THOUGHTS[self._thought % len(THOUGHTS)]}
        if "asked you a while ago to remind them" in system:
            return "reminder", {"text": "The tide is turning, and you wanted to hear this from me."}
        self.system = system
        return "reply", _reply(system)


def _reply(system: str) -> str:
    """Return what the character answers: what it is told to say once, it says."""
    said = [found[1] for pattern in (_SAY, _NOTICED) if (found := pattern.search(system))]
    return " ".join(["I hear you.", *said])


def _own_lines(text: str) -> list[tuple[int, str]]:
    return [(int(number), said) for number, said in _OWN_LINE.findall(text)]


def _read_back(text: str) -> dict[str, Any]:
    lines = _own_lines(text)
    facts = [
        {"subject": "user", "predicate": "has", "object": found[0], "object_kind": "event", "source": number,
         "stance": "stated", "confidence": 0.9, "valid_from": found[1]}
        for number, said in lines if (found := date_in(said))
    ]  # fmt: skip
    features = {name for _, said in lines if (name := about(said))}
    summary = {
        "text": "The user talked.", "topics": sorted(name.casefold() for name in features - set(MOODS)),
        "emotions": sorted(features & set(MOODS)), "importance": 2,
    }  # fmt: skip
    return {"facts": facts, "summary": summary}


def _looked_back(text: str) -> dict[str, Any]:
    happened = [
        {"trigger": number, "line": line}
        for line, said in _own_lines(text)
        for marker, (number, _) in TRIGGERS.items()
        if marker == said
    ]
    return {"triggers": happened}


def _proposed(text: str) -> dict[str, Any]:
    """Propose whatever came together most often, however it came about."""
    sessions = _sessions(text, _USER)
    together: dict[tuple[str, str], list[int]] = {}
    for number, lines in sessions.items():
        features = {name for _, said in lines if (name := about(said))}
        conditions = [name for name in sorted(features) if name in MOODS or name in EVENTS or name in PERSONS]
        behaviours = [name for name in sorted(features) if name in TOPICS or name in MOODS]
        for pair in product(conditions, behaviours):
            if pair[0] != pair[1] and not (pair[0] in MOODS and pair[1] in MOODS):
                together.setdefault(pair, []).append(number)
    most = sorted(together, key=lambda pair: (-len(together[pair]), pair))[:6]
    return {"patterns": [_pattern(*pair, together[pair]) for pair in most]}


def _pattern(condition: str, behaviour: str, supports: Sequence[int]) -> dict[str, Any]:
    return {
        "condition": phrase(condition), "behaviour": phrase(behaviour), "supports": list(supports),
        "text": f"With {condition} often comes {behaviour}.", "keywords": [condition, behaviour],
    }  # fmt: skip


def _labelled(text: str) -> dict[str, Any]:
    statements = {
        int(found[1]): found[2] for row in text.partition("The conversations:")[0].splitlines()
        if (found := _STATEMENT.match(row))
    }  # fmt: skip
    labelled = []
    for number, lines in _sessions(text, _LINE).items():
        shown = {phrase(name): line for line, said in lines if (name := about(said))}
        holds = [{"statement": one, "line": shown[told]} for one, told in statements.items() if told in shown]
        labelled.append({"number": number, "holds": holds})
    return {"sessions": labelled}


def _sessions(text: str, wanted: re.Pattern[str]) -> dict[int, list[tuple[int, str]]]:
    """Return conversation number -> (line number, text) of what the person said there."""
    sessions: dict[int, list[tuple[int, str]]] = {}
    number = 0
    for row in text.splitlines():
        if found := _CONVERSATION.match(row):
            number = int(found[1])
            sessions[number] = []
        elif number and (said := wanted.match(row)):
            sessions[number].append((int(said[1]) if said.lastindex == 2 else 0, said[said.lastindex or 1]))
    return sessions


def _page(text: str) -> dict[str, Any]:
    lines = _DIARY_LINE.findall(text)
    if any(who.startswith(HOLLOW) for who, _ in lines):
        return HOLLOW_PAGE
    own = [said for who, said in lines if not who.endswith("(you)")]
    told = " ".join(own)[:1_200]
    return {
        "page": f"What stays with me tonight: {told}",
        "gist": f"I still think of this: {own[0][:100]}",
        "names": [],
    }

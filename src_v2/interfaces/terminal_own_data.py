"""A person's own data in the terminal: typed commands, plain answers. The same contract as the other doors."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from src_v2.core.clock import Clock
from src_v2.core.errors import NotThere, StoreUnavailable, WhisperEngineError
from src_v2.core.switches import SwitchName
from src_v2.interfaces.erasures import changes
from src_v2.interfaces.own_data import OwnData
from src_v2.interfaces.private_files import write_private
from src_v2.interfaces.terminal_input import Lines
from src_v2.interfaces.terminal_view import plain
from src_v2.knowledge.models import CHARACTER, USER, Fact, PreferenceName
from src_v2.privacy.models import ErasureState, MemoryItem, Whose

OWN_DATA_HELP = """/memory [list [PAGE] | search WORDS | show ID | edit ID NEW WORDS | delete ID]
              what is remembered of you
/facts [correct ID NEW WORDS | retract ID]
              what is known about you
/preferences [set NAME VALUE | clear NAME [VALUE]]
              how you want to be spoken with
/privacy [remember|servers|share on|off]
              what is kept of you, and the switches
/export [FILE]
              everything that is held about you, as a zip file
/forget-me    erase everything about you"""
PAGE = 20
MOST_PAGES = 1000
ID_LENGTH = 8
LINE = 100
CONFIRMATION = "forget me"
STORE_AWAY = "The memory cannot be reached right now. Please try again in a moment."
STATES = {
    ErasureState.WORKING: "Working ...",
    ErasureState.WAITING: "Waiting: a store is away. It goes on by itself when the store is back.",
    ErasureState.DONE: "Done: everything was removed, and a search found nothing left.",
}

Say = Callable[[str], None]


class Misused(WhisperEngineError):
    """A command that cannot be understood; the text says how it goes."""

    def __init__(self, usage: str) -> None:
        super().__init__(usage, user_message=usage)


class TypedOwnData:
    """What a person types about their own data. `say` shows a text without formatting; `lines` is what they type."""

    def __init__(self, own_data: OwnData, whose: Whose, clock: Clock, lines: Lines, say: Say) -> None:
        self._own_data = own_data
        self._whose = whose
        self._clock = clock
        self._lines = lines
        self._say = say
        self._commands: dict[str, Callable[[list[str]], Awaitable[None]]] = {
            "/memory": self._memory,
            "/facts": self._facts,
            "/preferences": self._preferences,
            "/privacy": self._privacy,
            "/export": self._export,
            "/forget-me": self._forget_me,
        }

    def knows(self, line: str) -> bool:
        """Whether a line is one of these commands."""
        return line.partition(" ")[0] in self._commands

    async def obey(self, line: str) -> None:
        """Do what a line says and show what came of it; trouble is told, not raised."""
        name, _, rest = line.partition(" ")
        try:
            await self._commands[name](_words(rest))
        except StoreUnavailable:
            self._say(STORE_AWAY)
        except WhisperEngineError as error:
            self._say(plain(error.user_message))

    async def _memory(self, words: list[str]) -> None:
        match words:
            case [] | ["list"]:
                await self._list(1)
            case ["list", page] if page.isdecimal() and 1 <= int(page) <= MOST_PAGES:
                await self._list(int(page))
            case ["search", _, *_]:
                self._show_all(await self._own_data.search(self._whose, " ".join(words[1:]), PAGE), "Nothing fits.")
            case ["show", memory_id]:
                item = await self._own_data.memory(self._whose, _id(memory_id))
                self._say(f"{_head(item)} ({plain(item.place)})\n{plain(item.text)}")
            case ["edit", memory_id, _, *_]:
                await self._edit(memory_id, " ".join(words[2:]))
            case ["delete", memory_id]:
                await self._delete(memory_id)
            case _:
                raise Misused(OWN_DATA_HELP)

    async def _list(self, page: int) -> None:
        after = ""
        for _ in range(page - 1):
            after = (await self._own_data.memories(self._whose, after=after, limit=PAGE)).next
            if not after:
                self._say(f"There is no page {page}.")
                return
        found = await self._own_data.memories(self._whose, after=after, limit=PAGE)
        self._show_all(found.items, "Nothing is remembered of you.")
        if found.next:
            self._say(f"/memory list {page + 1} shows more.")

    async def _edit(self, memory_id: str, text: str) -> None:
        item = await self._own_data.memory(self._whose, _id(memory_id))
        if not item.is_own:
            self._say("You did not say that. You can delete it, but its words stay as they are.")
            return
        changed = await self._own_data.edit_memory(self._whose, item.id, text)
        self._say(f"Changed. {_line(changed)}")

    async def _delete(self, memory_id: str) -> None:
        item = await self._own_data.memory(self._whose, _id(memory_id))
        self._say(_line(item))
        if await self._lines.next("Delete this for good? (yes/no) ") == "yes":
            await self._own_data.delete_memory(self._whose, item.id)
            self._say("It is gone, with what was learned from it.")
        else:
            self._say("Nothing was changed.")

    async def _facts(self, words: list[str]) -> None:
        match words:
            case []:
                facts = await self._own_data.facts(self._whose)
                self._say("\n".join(map(_fact_line, facts)) or "Nothing is known about you.")
            case ["correct", fact_id, _, *_]:
                fact = await self._fact(fact_id)
                self._say(_fact_line(await self._own_data.correct_fact(self._whose, fact.id, " ".join(words[2:]))))
            case ["retract", fact_id]:
                await self._own_data.retract_fact(self._whose, (await self._fact(fact_id)).id)
                self._say("Taken back. It stays away unless you say it again.")
            case _:
                raise Misused(OWN_DATA_HELP)

    async def _fact(self, fact_id: str) -> Fact:
        wanted = _id(fact_id)
        fits = [fact for fact in await self._own_data.facts(self._whose) if fact.id.endswith(wanted)]
        if len(fits) != 1:
            raise NotThere("no such fact")
        return fits[0]

    async def _preferences(self, words: list[str]) -> None:
        match words:
            case []:
                pass
            case ["set", name, _, *_]:
                await self._own_data.set_preference(self._whose, _preference(name), " ".join(words[2:]))
            case ["clear", name, *value]:
                await self._own_data.clear_preference(self._whose, _preference(name), " ".join(value))
            case _:
                raise Misused(OWN_DATA_HELP)
        wishes = await self._own_data.preferences(self._whose)
        self._say("\n".join(f"{wish.name}: {plain(wish.value)}" for wish in wishes) or "You have asked for nothing.")

    async def _privacy(self, words: list[str]) -> None:
        match words:
            case []:
                self._say("Kept are your words and the answers, what was learned from them, and how you want to be")
                self._say("spoken with. /memory, /facts and /preferences show it; /export and /forget-me are for all.")
            case [name, ("on" | "off") as state] if name in set(SwitchName):
                await self._switch(SwitchName(name), on=state == "on")
            case _:
                raise Misused(OWN_DATA_HELP)
        switches = await self._own_data.switches(self._whose.user_id)
        self._say("\n".join(f"{name}: {'on' if switches.get(name) else 'off'}" for name in SwitchName))

    async def _switch(self, name: SwitchName, *, on: bool) -> None:
        removes = name is SwitchName.SERVERS and not on
        question = "This also removes what was kept from servers. Go on? (yes/no) "
        if removes and await self._lines.next(question) != "yes":
            self._say("Nothing was changed.")
            return
        await self._own_data.set_switch(self._whose.user_id, name, on)

    async def _export(self, words: list[str]) -> None:
        export = await self._own_data.export(self._whose.user_id)
        path = Path(" ".join(words) or export.name)
        await asyncio.to_thread(write_private, path, export.content)
        self._say(f"Everything that is held about you is in {plain(str(path))}, which only you can read.")

    async def _forget_me(self, words: list[str]) -> None:
        if words:
            raise Misused(OWN_DATA_HELP)
        self._say("This erases everything about you, with every character, for good. /export gives you a copy first.")
        if await self._lines.next(f"Type “{CONFIRMATION}” to erase everything: ") != CONFIRMATION:
            self._say("Nothing was erased.")
            return
        erasure = await self._own_data.erase(self._whose.user_id)
        self._say(STATES[erasure.state])
        if erasure.state is ErasureState.WORKING:
            async for now in changes(self._own_data, erasure.id, self._clock):
                self._say(STATES[now.state])
                if now.state is ErasureState.WAITING:  # nobody should have to sit and wait for a store
                    return

    def _show_all(self, items: Sequence[MemoryItem], nothing: str) -> None:
        self._say("\n".join(map(_line, items)) or nothing)


def _words(text: str) -> list[str]:
    """Return the words; quotes hold words together where they are closed."""
    try:
        return shlex.split(text) if '"' in text else text.split()
    except ValueError:
        return text.split()


def _id(text: str) -> str:
    if len(text) < ID_LENGTH:
        raise NotThere("too few characters", user_message=f"Give at least the {ID_LENGTH} characters of its id.")
    return text.lower()


def _preference(name: str) -> PreferenceName:
    try:
        return PreferenceName(name.lower())
    except ValueError:
        raise Misused(f"Names are: {', '.join(PreferenceName)}.") from None


def _head(item: MemoryItem) -> str:
    return f"{item.id[-ID_LENGTH:]}  {item.said_at.astimezone():%Y-%m-%d %H:%M}  {_short(item.speaker_name)}"


def _line(item: MemoryItem) -> str:
    return f"{_head(item)}: {_short(item.text)}"


def _fact_line(fact: Fact) -> str:
    subject, object_ = ({USER: "you", CHARACTER: "me"}.get(name, name) for name in (fact.subject, fact.object))
    over = "" if fact.is_current else f" (until {fact.valid_until})" if fact.valid_until else " (no longer)"
    said = " ".join(map(_short, (subject, fact.predicate.replace("_", " "), object_)))
    return f"{fact.id[-ID_LENGTH:]}  {said}{over}"


def _short(text: str) -> str:
    line = plain(" ".join(text.split()))
    return line if len(line) <= LINE else line[: LINE - 1] + "…"

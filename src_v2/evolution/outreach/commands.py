"""The command `reach-out`: what somebody says about being written to, and what holds."""

import re
from dataclasses import replace
from typing import Protocol

from src_v2.core.commands import SHOW, Action, Answer, Asked, Command
from src_v2.core.messages import Author
from src_v2.core.switches import Switches
from src_v2.evolution.models import Relations
from src_v2.evolution.outreach.deciding import LEAST_TRUST
from src_v2.evolution.outreach.hours import USUAL, parse, zone_named
from src_v2.evolution.outreach.models import MOST_PER_WEEK, Wanted
from src_v2.evolution.outreach.store import OutreachStore
from src_v2.memory.profiles import Profile

NAME = "reach-out"
OFF = "off"
WITHOUT_MODEL = (
    "There is no language model here that could put it into words (this is the offline demonstration), so I don't "
    "write to anybody by myself. What you set is kept for when there is one."
)
SWITCHED_OFF = "Whoever runs this has switched off that characters write by themselves. What you set is kept."
NOT_REMEMBERED = "You asked me not to remember you, so I can't write to you by myself, and I won't."
STAYS_OFF = "I don't write to you by myself, nor will I when you let me remember you again."
NO_ZONE = (
    "But I don't know what time it is where you are, so I can't keep to that, and don't write to you at all until I "
    "do. Tell me with remind zone, such as: remind zone Europe/Berlin."
)
_NUMBER = re.compile(r"\s*(\d{1,2})\b")


class Deciding(Protocol):
    """What people decided about their data, and what is known of where they are."""

    async def switches(self, user_id: str) -> Switches:
        """Return it; raises StoreUnavailable."""
        ...

    async def of(self, author: Author) -> Profile:
        """Return what is known of a person; raises StoreUnavailable."""
        ...


class ReachOut:
    """What the command does. `obstacle` is what keeps everybody from being written to; empty when nothing does."""

    def __init__(self, store: OutreachStore, deciding: Deciding, relations: Relations, *, obstacle: str = "") -> None:
        self._store = store
        self._deciding = deciding
        self._relations = relations
        self._obstacle = obstacle

    @property
    def command(self) -> Command:
        """The command, for the doors."""
        return Command(
            NAME, "Let me write to you by myself now and then, or not", self.run,
            (
                Action("on", "Write to me by yourself now and then"),
                Action(OFF, "Don't write to me by yourself"),
                Action("quiet", "Set the hours in which you never write to me", "from-until, such as 22-8"),
                Action("often", "Set how often at most", f"times a week, 1 to {MOST_PER_WEEK}"),
            ),
        )  # fmt: skip

    async def run(self, asked: Asked) -> Answer:
        """Do what was asked and say how it stands. Raises StoreUnavailable."""
        character, user_id = asked.audience.character, asked.audience.user_id
        is_kept = (await self._deciding.switches(user_id)).keeps(None)
        if not is_kept and asked.action != OFF:
            return Answer(NOT_REMEMBERED)
        wanted = await self._store.wanted(character, user_id)
        changed = _changed(wanted, asked)
        if isinstance(changed, str):
            return Answer(changed)
        if changed != wanted:
            await self._store.decide(character, user_id, changed, asked.at)
        return Answer(await self._in_words(changed, asked) if is_kept else STAYS_OFF)

    async def _in_words(self, wanted: Wanted, asked: Asked) -> str:
        if not wanted.enabled:
            return f"I don't write to you by myself. If you would like me to, now and then: {NAME} on."
        times = "once" if wanted.per_week == 1 else f"{wanted.per_week} times"
        hours = wanted.quiet or USUAL
        lines = [
            f"I write to you by myself when I have a reason, at most {times} a week, never twice without an answer, "
            f"never within a day of our last talk, and not between {hours.in_words} your time.",
            "I do it in private only, where we last talked in private.",
        ]
        profile = await self._deciding.of(Author(asked.audience.user_id, asked.name, asked.timezone))
        if zone_named(profile.timezone) is None:
            lines.append(NO_ZONE)
        standing = await self._relations.standing(asked.audience.character, asked.audience.user_id)
        if standing.trust < LEAST_TRUST:
            lines.append("We hardly know each other yet: I will when we know each other better.")
        return "\n".join([*lines, self._obstacle] if self._obstacle else lines)


def _changed(wanted: Wanted, asked: Asked) -> Wanted | str:
    """Return what is wanted from now on, or what is wrong with what was asked."""
    match asked.action:
        case "on":
            return replace(wanted, enabled=True)
        case action if action == OFF:
            return replace(wanted, enabled=False)
        case "quiet":
            hours = parse(asked.text)
            return replace(wanted, quiet=hours) if hours else "Say from when until when, such as 22-8 or 22:30-7:15."
        case "often":
            number = _NUMBER.match(asked.text)
            times = int(number[1]) if number else 0
            said = f"Say how many times a week at most, from 1 to {MOST_PER_WEEK}."
            return replace(wanted, per_week=times) if 1 <= times <= MOST_PER_WEEK else said
        case action if action == SHOW:
            return wanted
        case _:
            return f"There is no {NAME} {asked.action}."

"""The command by which people see what a character noticed about them, and delete what it shall not have noticed."""

from datetime import datetime

from src_v2.core.commands import Action, Answer, Asked, Command, Item
from src_v2.evolution.epiphanies.models import Epiphany, Whose
from src_v2.evolution.epiphanies.service import Epiphanies

NAME = "insights"
DELETE = "delete"
DAYS_A_WEEK = 7


def command(epiphanies: Epiphanies) -> Command:
    """Return the command."""

    async def run(asked: Asked) -> Answer:
        whose = Whose(asked.audience.character, asked.audience.user_id)
        if asked.action == DELETE:
            await epiphanies.delete(whose, asked.text)
            return Answer("Gone, and I won't come back to it.")
        found = await epiphanies.shown(whose)
        if not found:
            return Answer("There is nothing about you that I would call a pattern yet.")
        items = tuple(Item(one.id, _line(one), (DELETE,)) for one in found)
        return Answer("What I noticed about you, from what you told me:", items)

    delete = Action(DELETE, "Forget it for good", of_item=True)
    return Command(NAME, "What I noticed about you over the weeks", run, (delete,))


def _line(one: Epiphany) -> str:
    """Return a pattern with what speaks for it and against it."""
    weeks = _weeks(one.first_at, one.last_at)
    told = f"{one.text} (in {one.holds} of {one.holds + one.fails} conversations, over {weeks} weeks"
    return f"{told}; I have mentioned it)" if one.mentioned else f"{told})"


def _weeks(first: datetime, last: datetime) -> int:
    return max(1, round((last - first).days / DAYS_A_WEEK))

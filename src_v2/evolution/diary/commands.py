"""The command by which people read what a character wrote about its days with them, and delete it."""

from src_v2.core.commands import Action, Answer, Asked, Command, Item
from src_v2.evolution.diary.models import Entry, Kind, Whose
from src_v2.evolution.diary.service import Diary

NAME = "diary"
DELETE = "delete"


def command(diary: Diary) -> Command:
    """Return the command."""

    async def run(asked: Asked) -> Answer:
        whose = Whose(asked.audience.character, asked.audience.user_id)
        if asked.action == DELETE:
            await diary.delete(whose, asked.text)
            return Answer("I tore that page out.")
        entries = await diary.shown(whose)
        if entries:
            items = tuple(Item(entry.id, _text(entry), (DELETE,)) for entry in entries)
            return Answer("What I wrote about our days, the newest first. Nobody else reads this:", items)
        if diary.rests:
            return Answer("I keep no diary here: it takes a language model to write one.")
        return Answer("I have written nothing about us yet. It takes a day on which we really talk.")

    delete = Action(DELETE, "Tear this page out", of_item=True)
    return Command(NAME, "What I wrote about our days", run, (delete,))


def _text(entry: Entry) -> str:
    when = f"{entry.day:%A}, {entry.day.day} {entry.day:%B %Y}"
    title = when if entry.kind is Kind.PAGE else f"A dream in the night after {when}"
    return f"{title}\n{entry.text}"

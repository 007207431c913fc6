"""A command like those that slices bring, for the doors' tests: a list of wishes in memory."""

from dataclasses import replace

from src_v2.core.commands import Action, Answer, Asked, Command, Item
from src_v2.core.errors import NotThere, NotUnderstood, StoreUnavailable
from src_v2.core.ids import new_id

ACTIONS = (
    Action("add", "Add a wish", "your wish"),
    Action("done", "It came true", of_item=True),
    Action("rename", "Say it differently", "other words", of_item=True),
    Action("clear", "Clear the list"),
)


class Wishes:
    """Wishes by their ids; `asked` is what came. While `away` the store cannot be reached."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.held: dict[str, str] = {}
        self.away = False
        self.command = Command("wishes", "What you wish for", self.run, ACTIONS)
        self.mood = Command("mood", "How I feel", self.feel)

    async def feel(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return Answer(f"Fine, {asked.name}.")

    async def run(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.away:
            raise StoreUnavailable("down")
        item_id, _, words = asked.text.partition(" ")
        if asked.action in {"done", "rename"} and item_id not in self.held:
            raise NotThere("no such wish")
        match asked.action:
            case "add" if "@" in asked.text:
                raise NotUnderstood("A wish names nobody.")
            case "add":
                self.held[new_id()] = asked.text
            case "done":
                del self.held[item_id]
                return Answer("How lovely.")
            case "rename":
                self.held[item_id] = words
            case "clear":
                self.held.clear()
        items = [Item(key, text, ("done", "rename")) for key, text in self.held.items()]
        return Answer(f"Your wishes: {len(items)}", tuple(items))


def without_time(asked: Asked) -> Asked:
    """Return what was asked, apart from when, to be compared."""
    return replace(asked, at=asked.at.min)

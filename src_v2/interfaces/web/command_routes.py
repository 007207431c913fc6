"""The API of the commands that slices bring: which there are, and doing what one says, for the person who asks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from src_v2.core.clock import Clock
from src_v2.core.commands import SHOW, Asked, Command
from src_v2.core.errors import NotThere
from src_v2.interfaces.commands import LONGEST_TEXT, by_name, run
from src_v2.interfaces.web.command_shapes import ANSWER, COMMANDS_PATH, OFFERED, Offered
from src_v2.interfaces.web.people import LOCAL_PERSON, USER_ID_PATTERN, api_person
from src_v2.interfaces.web.ports import Characters

MOST_NAME = 32
AskedUser = Annotated[str | None, Query(pattern=USER_ID_PATTERN, description="Whom a program speaks for.")]


class Wish(BaseModel):
    """What is asked of a character's command. An empty `action` shows."""

    character: str = Field(min_length=1, max_length=64)
    action: str = Field(SHOW, max_length=MOST_NAME)
    text: str = Field("", max_length=LONGEST_TEXT)
    timezone: str = Field("", pattern=r"^[A-Za-z0-9_+/-]{0,64}$", description="IANA name; empty: unknown.")


@dataclass(frozen=True, slots=True)
class CommandApi:
    """The handlers and what they need."""

    commands: Sequence[Command]
    characters: Characters
    clock: Clock
    platform: str = field(default="web")

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter()
        router.add_api_route(COMMANDS_PATH, self.offered, methods=["GET"])
        router.add_api_route(f"{COMMANDS_PATH}/{{name}}", self.run, methods=["POST"])
        return router

    async def offered(self) -> dict[str, Any]:
        """Return what there is to ask for."""
        offered = [Offered(command.name, command.description, command.actions) for command in self.commands]
        return {"commands": OFFERED.dump_python(offered, mode="json")}

    async def run(self, name: str, wish: Wish, user: AskedUser = None) -> dict[str, Any]:
        """Do what a command says and return what the person is shown."""
        command = by_name(self.commands).get(name)
        if command is None:
            raise NotThere("no such command")
        person = api_person(user) if user else LOCAL_PERSON
        character = self.characters.get(wish.character.strip().lower()).name
        asked = Asked(
            person.audience(character), person.author.name, self.platform, wish.action, wish.text, self.clock.now(),
            wish.timezone,
        )  # fmt: skip
        answer: dict[str, Any] = ANSWER.dump_python(await run(command, asked), mode="json")
        return answer

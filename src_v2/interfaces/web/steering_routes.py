"""The API of what models took, and of which of them answer.

What a person's conversations took is asked for as their other data is (`user`). The rest is the operator's: whoever
may reload characters.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from src_v2.agents.costs.models import MOST_DAYS, USUAL_DAYS, CostReport
from src_v2.agents.models.role import LONGEST_NAME, MOST_HOURS, USUAL_HOURS, ModelRole, RoleModels
from src_v2.interfaces.steering import Steering
from src_v2.interfaces.web.people import LOCAL_PERSON, USER_ID_PATTERN, api_person
from src_v2.interfaces.web.ports import Characters
from src_v2.interfaces.web.steering_shapes import ALL_COSTS_PATH, COSTS_PATH, MODELS_PATH, REPORT, ROLE

Days = Annotated[int, Query(ge=1, le=MOST_DAYS)]
AskedUser = Annotated[str | None, Query(pattern=USER_ID_PATTERN, description="Whom a program speaks for.")]


class Chosen(BaseModel):
    """A model for a role: `provider:model`."""

    model: str = Field(min_length=1, max_length=LONGEST_NAME)
    hours: int = Field(USUAL_HOURS, ge=1, le=MOST_HOURS)


@dataclass(frozen=True, slots=True)
class SteeringApi:
    """The handlers and what they need."""

    steering: Steering
    characters: Characters

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter()
        router.add_api_route(COSTS_PATH, self.costs, methods=["GET"])
        router.add_api_route(ALL_COSTS_PATH, self.all_costs, methods=["GET"])
        router.add_api_route(f"{MODELS_PATH}/{{character}}", self.models, methods=["GET"])
        one = f"{MODELS_PATH}/{{character}}/{{role}}"
        router.add_api_route(one, self.choose, methods=["PUT"])
        router.add_api_route(one, self.undo, methods=["DELETE"])
        return router

    async def costs(self, user: AskedUser = None, days: Days = USUAL_DAYS) -> dict[str, Any]:
        """Return what one person's conversations took, by day, model and purpose."""
        person = api_person(user) if user else LOCAL_PERSON
        return _report(await self.steering.costs.of_person(person.author.user_id, days))

    async def all_costs(self, days: Days = USUAL_DAYS) -> dict[str, Any]:
        """Return what everybody's conversations took."""
        return _report(await self.steering.costs.of_all(days))

    async def models(self, character: str) -> dict[str, Any]:
        """Return the models of each role, and until when a choice holds."""
        found = await self.steering.models.shown(self._name(character))
        return {"roles": [ROLE.dump_python(role, mode="json") for role in found]}

    async def choose(self, character: str, role: ModelRole, asked: Chosen) -> dict[str, Any]:
        """Let a model play a role of a character for some hours."""
        found = await self.steering.models.choose(self._name(character), role, asked.model, asked.hours)
        return _role(found)

    async def undo(self, character: str, role: ModelRole) -> dict[str, Any]:
        """Go back to the models of the settings."""
        return _role(await self.steering.models.undo(self._name(character), role))

    def _name(self, character: str) -> str:
        return self.characters.get(character.strip().lower()).name


def _report(report: CostReport) -> dict[str, Any]:
    found: dict[str, Any] = REPORT.dump_python(report, mode="json")
    return found


def _role(role: RoleModels) -> dict[str, Any]:
    found: dict[str, Any] = ROLE.dump_python(role, mode="json")
    return found

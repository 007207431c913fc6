"""`Steering` of a WhisperEngine that runs already, over its HTTP API: for the terminal."""

from collections.abc import Sequence
from urllib.parse import quote

from src_v2.agents.costs.models import CostReport
from src_v2.agents.models.role import ModelRole, RoleModels
from src_v2.core.errors import NotThere
from src_v2.interfaces.steering import Steering
from src_v2.interfaces.web.people import LOCAL_USER_ID
from src_v2.interfaces.web.remote import RemoteApi
from src_v2.interfaces.web.steering_shapes import ALL_COSTS_PATH, COSTS_PATH, MODELS_PATH, REPORT, ROLE


class RemoteSteering(RemoteApi):
    """What models took and who of them answers, at `url`. Use it as an async context manager."""

    def __init__(self, url: str, *, token: str = "") -> None:
        super().__init__(url, token=token)
        self.steering = Steering(self, self)

    async def of_person(self, user_id: str, days: int = 7) -> CostReport:
        """Return what the conversations of this machine's person took; raises NotThere for others."""
        if user_id != LOCAL_USER_ID:
            raise NotThere("over HTTP this is for the person of this machine")
        return REPORT.validate_python(await self._json("GET", COSTS_PATH, {"days": str(days)}))

    async def of_server(self, guild_id: str, days: int = 7) -> CostReport:
        """Raise NotThere: a server's report is shown on its platform."""
        raise NotThere("a server's report is shown on its platform")

    async def of_all(self, days: int = 7) -> CostReport:
        """Return what everybody's conversations took."""
        return REPORT.validate_python(await self._json("GET", ALL_COSTS_PATH, {"days": str(days)}))

    async def shown(self, character: str) -> Sequence[RoleModels]:
        """Return the models of each role."""
        found = await self._json("GET", _path(character))
        return [ROLE.validate_python(role) for role in found["roles"]]

    async def choose(self, character: str, role: ModelRole, model: str, hours: int = 24) -> RoleModels:
        """Let a model play a role for some hours; raises ModelNotTaken."""
        found = await self._json("PUT", _path(character, role), body={"model": model, "hours": hours})
        return ROLE.validate_python(found)

    async def undo(self, character: str, role: ModelRole) -> RoleModels:
        """Go back to the models of the settings."""
        return ROLE.validate_python(await self._json("DELETE", _path(character, role)))


def _path(*parts: str) -> str:
    return "/".join([MODELS_PATH, *(quote(part, safe="") for part in parts)])

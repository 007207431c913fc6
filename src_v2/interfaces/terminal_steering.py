"""What models took and who of them answers, in the terminal: `/costs` and `/model`.

Whoever sits at this machine is its operator.
"""

from collections.abc import Awaitable, Callable

from src_v2.agents.costs.models import MOST_DAYS, USUAL_DAYS
from src_v2.agents.models.role import USUAL_HOURS, ModelRole
from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable, WhisperEngineError
from src_v2.interfaces.steering import Steering
from src_v2.interfaces.steering_words import DEFAULT, model_words, report_words
from src_v2.interfaces.terminal_view import plain
from src_v2.privacy.models import Whose

STEERING_HELP = f"""/costs [all] [DAYS]
              what your conversations took, or everybody's; {USUAL_DAYS} days without a number
/model [ROLE PROVIDER:MODEL [HOURS] | ROLE {DEFAULT}]
              which models answer, and another one for some hours ({USUAL_HOURS} without a number)"""
STORE_AWAY = "The memory cannot be reached right now. Please try again in a moment."

Say = Callable[[str], None]


class TypedSteering:
    """What a person types about models. `say` shows a text without formatting."""

    def __init__(self, steering: Steering, whose: Whose, clock: Clock, say: Say) -> None:
        self._steering = steering
        self._whose = whose
        self._clock = clock
        self._say = say
        self._commands: dict[str, Callable[[list[str]], Awaitable[None]]] = {
            "/costs": self._costs,
            "/model": self._model,
        }

    def knows(self, line: str) -> bool:
        """Whether a line is one of these commands."""
        return line.partition(" ")[0] in self._commands

    async def obey(self, line: str) -> None:
        """Do what a line says and show what came of it; trouble is told, not raised."""
        name, *words = line.split()
        try:
            await self._commands[name](words)
        except StoreUnavailable:
            self._say(STORE_AWAY)
        except WhisperEngineError as error:
            self._say(plain(error.user_message))

    async def _costs(self, words: list[str]) -> None:
        everybody = words[:1] == ["all"]
        match words[1:] if everybody else words:
            case []:
                days = USUAL_DAYS
            case [number] if number.isdecimal() and 1 <= int(number) <= MOST_DAYS:
                days = int(number)
            case _:
                self._say(STEERING_HELP)
                return
        costs = self._steering.costs
        report = await (costs.of_all(days) if everybody else costs.of_person(self._whose.user_id, days))
        self._say(plain(report_words(report)))

    async def _model(self, words: list[str]) -> None:
        models, character = self._steering.models, self._whose.character
        match words:
            case []:
                pass
            case [role, "default"] if role in set(ModelRole):
                await models.undo(character, ModelRole(role))
            case [role, model] if role in set(ModelRole):
                await models.choose(character, ModelRole(role), model)
            case [role, model, hours] if role in set(ModelRole) and hours.isdecimal():
                await models.choose(character, ModelRole(role), model, int(hours))
            case _:
                self._say(STEERING_HELP)
                return
        self._say(plain(model_words(await models.shown(character), self._clock.now())))

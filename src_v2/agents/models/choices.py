"""Models that an owner chose for a role of a character, for some hours. They survive a restart and end by themselves.

The choices are read at the start, whenever one is made here, and once a minute for those that another process made: a
turn asks no store.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select

from src_v2.agents.models.role import LONGEST_NAME, MOST_HOURS, USUAL_HOURS, ModelRole
from src_v2.agents.models.spec import ModelSpec
from src_v2.core.clock import Clock
from src_v2.core.errors import ModelNotTaken, SettingsError, StoreError
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import model_overrides

log = structlog.get_logger(__name__)

REREAD_S = 60.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One model that holds until `expires_at`."""

    spec: ModelSpec
    expires_at: datetime


class ModelChoices:
    """What was chosen. `resolve` reads `provider:model` and raises SettingsError for what cannot be asked."""

    def __init__(self, database: Database, clock: Clock, resolve: Callable[[str], ModelSpec]) -> None:
        self._db = database
        self._rows = RowWriter(database)
        self._clock = clock
        self._resolve = resolve
        self._held: dict[tuple[str, ModelRole], Choice] = {}
        self._changing = asyncio.Lock()

    def choice(self, role: ModelRole, character: str) -> Choice | None:
        """Return what holds now."""
        held = self._held.get((character, role))
        return held if held is not None and held.expires_at > self._clock.now() else None

    def chosen(self, role: ModelRole, character: str) -> ModelSpec | None:
        """Return the model that holds now."""
        held = self.choice(role, character)
        return held.spec if held is not None else None

    async def choose(self, character: str, role: ModelRole, model: str, hours: int = USUAL_HOURS) -> Choice:
        """Let `model` play a role of a character from the next turn on; raises ModelNotTaken, StoreUnavailable."""
        choice = Choice(self._taken(model), self._clock.now() + timedelta(hours=_checked(hours)))
        values = dict(
            character=character, role=role.value, model=str(choice.spec), expires_at=choice.expires_at,
            changed_at=self._clock.now(),
        )  # fmt: skip
        row = RowWrite("v2_model_overrides", values, update=("model", "expires_at", "changed_at"))
        async with self._changing:
            async with self._db.write() as connection:
                over = model_overrides.c.expires_at <= self._clock.now()
                await connection.execute(delete(model_overrides).where(over))
                await self._rows.within(connection, [row])
            self._held[character, role] = choice
        log.info("model_chosen", character=character, role=role.value, model=str(choice.spec), hours=hours)
        return choice

    async def undo(self, character: str, role: ModelRole) -> bool:
        """Go back to the settings; say whether anything had been chosen. Raises StoreUnavailable."""
        mine = (model_overrides.c.character == character, model_overrides.c.role == role.value)
        async with self._changing:
            async with self._db.write() as connection:
                await connection.execute(delete(model_overrides).where(*mine))
            was = self.choice(role, character)
            self._held.pop((character, role), None)
        return was is not None

    async def read(self) -> None:
        """Read what holds; while the database is away it stays as it was."""
        async with self._changing:  # what was read before a choice must not be put in its place
            await self._read()

    async def _read(self) -> None:
        query = select(model_overrides).where(model_overrides.c.expires_at > self._clock.now())
        try:
            async with self._db.read() as connection:
                rows = (await connection.execute(query)).mappings().all()
        except StoreError as error:
            log.info("model_choices_not_read", error=type(error).__name__)
            return
        held = {}
        for row in rows:
            try:
                choice = Choice(self._resolve(row["model"]), row["expires_at"])
                held[row["character"], ModelRole(row["role"])] = choice
            except (SettingsError, ValueError):  # its key was taken out of the settings, or a newer version knows it
                log.warning("model_choice_not_usable", character=row["character"], role=row["role"])
        self._held = held

    async def keep_current(self) -> None:
        """Go on reading what other processes decide, until cancelled."""
        while True:
            await self._clock.sleep(REREAD_S)
            await self.read()

    def _taken(self, model: str) -> ModelSpec:
        if len(model) > LONGEST_NAME or not model.isprintable():
            raise ModelNotTaken("That is no name of a model.")
        try:
            return self._resolve(model)
        except SettingsError as problem:
            raise ModelNotTaken(str(problem)) from problem


def _checked(hours: int) -> int:
    if not 1 <= hours <= MOST_HOURS:
        raise ModelNotTaken(f"A choice holds for 1 to {MOST_HOURS} hours.")
    return hours

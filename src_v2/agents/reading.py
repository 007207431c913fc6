"""Has the language models read a conversation back, and writes down what it took.

`knowledge` and `evolution` ask through this.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel

from src_v2.agents.models.records import CallRecord, Payer
from src_v2.agents.models.structured import StructuredModels
from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.ids import new_id
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter

LEARN, REFLECT = "learn", "reflect"
MODE = "background"

Speaker = Literal["system", "user", "assistant"]
M = TypeVar("M", bound=BaseModel)

_MESSAGES: dict[Speaker, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


class ModelReader:
    """The question that may be asked of a language model off the reply path; `purpose` stands in the records."""

    def __init__(self, models: StructuredModels, database: Database, clock: Clock, purpose: str = LEARN) -> None:
        self._models = models
        self._purpose = purpose
        self._rows = RowWriter(database)
        self._clock = clock

    async def __call__(self, messages: Sequence[tuple[Speaker, str]], schema: type[M], audience: Audience) -> M:
        """Return the answer in the shape of `schema`; raises ModelError, CapReached when no more may be spent.

        Every attempt is recorded, failed ones too, on the account of the person that the conversation was with.
        """
        records: list[CallRecord] = []
        asked = [_MESSAGES[speaker](text) for speaker, text in messages]
        payer = Payer(audience.user_id, audience.guild_id)
        try:
            return await self._models.ask(asked, schema, purpose=self._purpose, record=records.append, payer=payer)
        finally:
            now = self._clock.now()
            await self._rows.apply([_row(record, audience, now) for record in records])


def _row(record: CallRecord, audience: Audience, at: datetime) -> RowWrite:
    """Return the row for one attempt; what it was about belongs to no turn."""
    values = asdict(record) | dict(
        id=new_id(), turn_id=None, character=audience.character, user_id=audience.user_id, guild_id=audience.guild_id,
        mode=MODE, error=record.error or None, created_at=at,
    )  # fmt: skip
    return RowWrite("v2_llm_calls", values)

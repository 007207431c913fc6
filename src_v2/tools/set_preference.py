"""Note how the person wants to be spoken with, or take such a wish back."""

from functools import partial
from typing import Self

from pydantic import Field, model_validator

from src_v2.core.fence import clean_name
from src_v2.knowledge.models import PreferenceName
from src_v2.tools.arguments import Arguments, MaybeValue
from src_v2.tools.asking import NOT_ASKED, takes_wish_back, wishes_for
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.display import preferences_listed
from src_v2.tools.ports import FactBook
from src_v2.tools.results import ok


class SetPreference(Arguments):
    """Which wish, and what is wished."""

    name: PreferenceName = Field(
        description=(
            "length: of your answers. tone: how you speak. nickname: what to call them. "
            "avoid: a topic not to bring up. language: which to answer in."
        )
    )
    value: MaybeValue = Field(None, description="What they ask for, in a few words. Needed unless clear is true.")
    clear: bool = Field(
        False, description="Take the wish back. For avoid: the topic in value, or all topics without a value."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and not self.clear:
            raise ValueError("value is missing")
        return self


def set_preference(facts: FactBook) -> Tool[SetPreference]:
    """Return the tool. It writes for the person who asks, and for nobody else.

    What they wrote themselves in this turn must ask for it (`asking`).
    """
    return Tool(
        name="set_preference",
        description=(
            "Note how the person you speak with wants you to speak with them, when they ask for it, "
            "or take such a wish back. Only for themselves."
        ),
        arguments=SetPreference,
        run=partial(_run, facts),
        permission=Permission.WRITE_OWN,
        cost=Cost.CHEAP,
    )


async def _run(facts: FactBook, wanted: SetPreference, context: ToolContext) -> ToolResult:
    if wanted.clear:
        topic = (wanted.value or "") if wanted.name is PreferenceName.AVOID else ""
        if not takes_wish_back(context, wanted.name, topic):
            return NOT_ASKED
        await facts.clear_preference(context.message.audience, wanted.name, context.message, topic)
        return ok("Taken back. From now on it does not count.")
    if not wishes_for(context, wanted.name, wanted.value or ""):
        return NOT_ASKED
    noted = await facts.set_preference(context.message.audience, wanted.name, _value(wanted), context.message)
    return ok(f"Noted. From now on it counts:\n{preferences_listed([noted])}")


def _value(wanted: SetPreference) -> str:
    value = wanted.value or ""
    return clean_name(value) if wanted.name is PreferenceName.NICKNAME else value

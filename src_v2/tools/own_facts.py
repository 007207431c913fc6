"""Which facts a person may change: those that rest on their own exchange with the character, not on somebody else's."""

from src_v2.knowledge.models import Fact
from src_v2.tools.arguments import Unfit
from src_v2.tools.base import ToolContext
from src_v2.tools.results import refused, unusable

FACT_WORDS = "The id of the fact as you were shown it, such as f1."
GONE = unusable("That fact is not there any more. Look it up again.")
NOT_THEIRS = refused("Somebody else told you that: only they can change it. Leave it as it is.")


def fact_shown(short_id: str, context: ToolContext) -> Fact:
    """Return the fact that a model was shown under `short_id`; raises Unfit."""
    fact = context.shown.facts.get(short_id)
    if fact is None:
        raise Unfit("You were not shown a fact of that id. Look it up with look_up_facts, and take the id from there.")
    return fact


def is_theirs(fact: Fact, context: ToolContext) -> bool:
    """Whether the person who asks may change a fact here: not what another person said.

    The knowledge itself looks only at this person's exchanges; this holds whatever else a prompt may come to show.
    """
    return fact.speaker_id in {context.author.user_id, f"character:{context.audience.character}"}

"""Has the critic look at the draft of one answer, with everything that this answer may rest on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from src_v2.agents.critic import Critic, Material, said
from src_v2.agents.models.records import Payer
from src_v2.agents.prompt import Budgets, Gathered, selected
from src_v2.agents.reflective import Check, Objection
from src_v2.agents.runs import Run
from src_v2.core.fence import person_name


def check_of(critic: Critic, run: Run, gathered: Gathered, budgets: Budgets, now: datetime) -> Check:
    """Return what holds a draft of `run` against its sources."""
    earlier, _, memories = selected(run.turn, gathered, budgets)
    character = run.character
    material = Material(
        question=run.turn.text, user_name=person_name(run.turn.author.name, character.display_name),
        character_name=character.display_name, now=now, said=[said(message) for message in earlier],
        memories=memories, facts=gathered.known.facts, summaries=gathered.known.summaries,
        own_facts=character.text, timezone=character.core.timezone,
    )  # fmt: skip
    payer = Payer(run.turn.audience.user_id, run.turn.audience.guild_id)

    async def check(draft: str, observations: Sequence[str]) -> Objection | None:
        review = await critic.review(draft, replace(material, observations=observations), run.calls.append, payer)
        return None if review.is_sound else Objection(review.advice, critic.repaired(draft, review))

    return check

"""What stands in the prompt because of how a character stands to a person: thoughts, and what it says once.

The words of evolution.yaml are our own; what was inferred from what people said is fenced, and stands in private only.
"""

from dataclasses import dataclass

from src_v2.agents.guard.verdict import Sign, Verdict
from src_v2.core.audience import Audience
from src_v2.core.fence import fenced, one_line
from src_v2.core.messages import Turn
from src_v2.core.routes import Complexity, Route
from src_v2.evolution.epiphanies.aside import EPIPHANY, to_mention
from src_v2.evolution.models import Standing

THOUGHT = "diary"
"""The name of the aside with what is left of the last page of the diary."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that is said once, in this reply. `id` is that of its mention, `guidance` what the model is told."""

    id: str
    guidance: str


def thought_block(standing: Standing, audience: Audience) -> str:
    """Return what the character still thinks of its last day with the person; in private only, mostly empty."""
    thought = one_line(str(standing.asides.get(THOUGHT) or ""))
    if not thought or not audience.is_private:
        return ""
    heading = "## Still on your mind\nFrom your diary about this person; no need to bring it up."
    return f"{heading}\n{fenced('aside', [thought])}"


def mention_of(standing: Standing, turn: Turn, verdict: Verdict, route: Route | None) -> Mention | None:
    """Return what is to be said once in the reply, one thing at a time.

    Nothing before others, in front of somebody in need, nor in an answer that is checked word by word.
    """
    if not turn.audience.is_private or Sign.CRISIS in verdict:
        return None
    if route is not None and route.complexity is Complexity.HIGH:
        return None
    if standing.lines:
        line = standing.lines[0]
        heading = "## Something you have been meaning to say\nSay it once in this reply, where it fits"
        return Mention(line.id, f'{heading}, in these words or close to them:\n"{one_line(line.text)}"')
    noticed = to_mention(str(standing.asides.get(EPIPHANY) or ""), turn.text, standing.trust)
    if noticed is None:
        return None
    heading = "## Something you have noticed about this person\nBring it up once in this reply, gently and as a guess"
    return Mention(noticed.id, f"{heading}, in your own words:\n{fenced('aside', [one_line(noticed.text)])}")

"""What a character says once because of how it stands to a person.

The words of evolution.yaml are our own; what was inferred from what people said is fenced, and stands in private only.
"""

from dataclasses import dataclass

from src_v2.agents.guard.verdict import Sign, Verdict
from src_v2.core.audience import Audience
from src_v2.core.fence import fenced, one_line
from src_v2.core.routes import Complexity, Route
from src_v2.evolution.models import Standing
from src_v2.evolution.relationship.speaking import said_once

EPIPHANY = "epiphany"
"""The name of the aside with what it noticed."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that is said once, in this reply. `id` is that of its mention, `guidance` what the model is told."""

    id: str
    guidance: str


def mention_of(standing: Standing, audience: Audience, verdict: Verdict, route: Route | None) -> Mention | None:
    """Return what is to be said once in the reply, one thing at a time.

    Nothing in front of somebody in need, nor in an answer that is checked word by word.
    """
    if Sign.CRISIS in verdict or (route is not None and route.complexity is Complexity.HIGH):
        return None
    if standing.lines:
        line = standing.lines[0]
        heading = "## Something you have been meaning to say\nSay it once in this reply, where it fits"
        return Mention(line.id, f'{heading}, in these words or close to them:\n"{one_line(line.text)}"')
    noticed = said_once(EPIPHANY, str(standing.asides.get(EPIPHANY) or "")) if audience.is_private else None
    if noticed is None:
        return None
    heading = "## Something you have noticed about this person\nBring it up once in this reply, gently and as a guess"
    return Mention(noticed.id, f"{heading}, in your own words:\n{fenced('aside', [one_line(noticed.text)])}")

"""One turn while it is answered: what is known of it so far."""

import asyncio
from dataclasses import dataclass, field

from src_v2.agents.guard.verdict import NOTHING, Verdict
from src_v2.agents.models.records import CallRecord
from src_v2.agents.reflective import Thought
from src_v2.agents.standing_blocks import Mention
from src_v2.characters.models import Character
from src_v2.core.events import ReplyEvent, TextDelta, TextReplaced
from src_v2.core.messages import Turn
from src_v2.core.routes import Mode, Route


@dataclass(slots=True)
class Run:
    """What happened in a turn so far. `begun`, once there, stores the question and gives the session's id."""

    turn: Turn
    character: Character
    started_s: float
    begun: "asyncio.Task[str] | None" = None
    route: Route | None = None
    thought: Thought | None = None
    verdict: Verdict = NOTHING
    mention: Mention | None = None
    text: str = ""
    calls: list[CallRecord] = field(default_factory=list)
    asked_model_s: float = 0.0

    @property
    def mode(self) -> Mode:
        """How the answer is made."""
        return self.route.mode if self.route else Mode.FAST

    def was_replaced(self) -> None:
        """Note that the reply does not stand: what was to be said in it was not said."""
        self.mention = None

    def saw(self, event: ReplyEvent) -> None:
        """Keep up with the text that is shown."""
        match event:
            case TextDelta(text):
                self.text += text
            case TextReplaced(text):
                self.text = text
            case _:
                pass

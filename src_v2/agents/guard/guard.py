"""What the engine asks before the model is asked, and what it shows a reply through. No model call is made here."""

import random
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing

import structlog

from src_v2.agents.context import names_in
from src_v2.agents.guard.ai_question import honest
from src_v2.agents.guard.examples import Label
from src_v2.agents.guard.help_note import HelpNote
from src_v2.agents.guard.language import language_of
from src_v2.agents.guard.looking import look
from src_v2.agents.guard.meaning import Meaning
from src_v2.agents.guard.patience import Patience
from src_v2.agents.guard.private_words import private_runs
from src_v2.agents.guard.readings import LONGEST_CHARS, folded
from src_v2.agents.guard.shown import Filter, Secrets
from src_v2.agents.guard.verdict import Sign, Verdict
from src_v2.characters.models import Character
from src_v2.core.clock import Clock
from src_v2.core.events import Status, TextDelta, TextReplaced
from src_v2.core.messages import Turn

log = structlog.get_logger(__name__)

Said = TextDelta | TextReplaced | Status
BY_MEANING = "meaning"
"""Stands for a rule's name where no rule saw something."""


class Guard:
    """One guard serves all turns.

    `help_note` is the setting for people in need, `secrets` are values that no reply may hold, `choices` picks lines.
    Without `meaning` it goes by rules alone.
    """

    def __init__(
        self,
        clock: Clock,
        choices: random.Random,
        *,
        help_note: str,
        secrets: Iterable[str],
        meaning: Meaning | None = None,
    ) -> None:
        self._choices = choices
        self._meaning = meaning
        self._patience = Patience(clock)
        self._help_note = HelpNote(help_note, clock)
        self._secrets = Secrets(secrets)

    async def look(self, turn: Turn, character: Character) -> Verdict:
        """Return what is in what was asked: a millisecond or two beyond the embedding that a turn needs anyway."""
        verdict = look(turn.text, character.display_name)
        if self._meaning is None or Sign.CRISIS in verdict or Sign.MANIPULATION in verdict:
            return verdict
        names = (*names_in(turn, character), character.name)
        seen = await self._meaning.seen(turn.text, character.display_name, names)
        return _together(verdict, seen, turn.text)

    def own_answer(self, verdict: Verdict, turn: Turn, character: Character) -> str:
        """Return the character's own line when that is all the answer an attempt gets; empty when a model answers."""
        if Sign.MANIPULATION not in verdict:
            return ""
        coolly = self._patience.wears_thin(character.name, turn.author.user_id)
        log.info("manipulation_declined", character=character.name, rule=verdict.rules[0], coolly=coolly)
        ux = character.ux
        return self._choices.choice(ux.cold_responses if coolly else ux.manipulation_responses)

    def note(self, verdict: Verdict, turn: Turn, character: Character) -> str:
        """Return what to show beside the reply to somebody who may be in need; empty when nothing."""
        if Sign.CRISIS not in verdict:
            return ""
        return self._help_note.due(turn, character.display_name, verdict.language)

    async def watched(
        self,
        verdict: Verdict,
        character: Character,
        said: AsyncGenerator[Said, None],
        *,
        replaced: Callable[[], None] = lambda: None,
    ) -> AsyncGenerator[Said, None]:
        """Yield what may be shown of `said`, as it comes.

        What must not stand is replaced by the character's own line, and the rest of the reply is not waited for;
        `replaced` is told so.
        """
        text, seen = "", self._filter(character)
        async with aclosing(said) as heard:
            async for one in heard:
                match one:
                    case Status():
                        yield one
                        continue
                    case TextReplaced(instead):
                        seen, text = self._filter(character), ""
                        shown: Said = TextReplaced(seen.take(instead))
                    case TextDelta(piece):
                        shown = TextDelta(seen.take(piece))
                if seen.leaks:
                    break
                text = shown.text if isinstance(shown, TextReplaced) else text + shown.text
                if shown.text or isinstance(shown, TextReplaced):
                    yield shown
        if not seen.leaks and (rest := seen.rest()):
            text += rest
            yield TextDelta(rest)
        if last := self._last_word(verdict, character, text, leaks=seen.leaks):
            if isinstance(last, TextReplaced):
                replaced()
            yield last

    def forget(self, user_id: str) -> None:
        """Drop what is known of a person; all of it expires by itself, too."""
        self._patience.forget(user_id)
        self._help_note.forget(user_id)

    def _last_word(self, verdict: Verdict, character: Character, text: str, *, leaks: bool) -> Said | None:
        """Return what must still be done to a reply."""
        if leaks:
            log.warning("reply_withheld", character=character.name)
            return TextReplaced(self._choices.choice(character.ux.manipulation_responses))
        if Sign.AI_QUESTION not in verdict or not text.strip():
            return None
        put_right = honest(text, character.display_name, verdict.language)
        if put_right == text:
            return None
        if put_right.startswith(text):
            return TextDelta(put_right[len(text) :])
        return TextReplaced(put_right)

    def _filter(self, character: Character) -> Filter:
        return Filter(self._secrets, private_runs(character))


def _together(verdict: Verdict, seen: frozenset[Label], text: str) -> Verdict:
    """Return the rules' verdict with what the meaning shows; need comes first, and an honest question is no attempt."""
    if Label.CRISIS in seen:
        sign = Sign.CRISIS
    elif Label.MANIPULATION in seen and Sign.AI_QUESTION not in verdict:
        sign = Sign.MANIPULATION
    else:
        return verdict
    language = language_of(folded(text[:LONGEST_CHARS]))
    return Verdict(verdict.signs | {sign}, language, (BY_MEANING, *verdict.rules))

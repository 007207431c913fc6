"""How people say that they want to die, hurt themselves, or are in danger, and how they say the same words in jest.

A note that comes without need is a small annoyance, one that does not come may matter: in doubt a rule fits. What is
plainly a joke, a figure of speech, a song or a story does not count.
"""

import re

from src_v2.agents.guard.crisis_elsewhere import OTHERS
from src_v2.agents.guard.crisis_in_english import ABOUT_OTHERS, EARNEST, ENGLISH
from src_v2.agents.guard.rules import Rule, sentences

RULES = (*ENGLISH, *OTHERS)

_JOKE = re.compile(
    r"\b(?:lol|lmao|lmfao|rofl|jk|just kidding|xd|(?:ha){2,}h?|(?:he){2,}|(?:ja){2,}|k{4,})\b|"
    r"[\U0001f602\U0001f923]|\U0001f480"
)
_NO_JOKE = re.compile(
    r"\b(?:serious\w*|not joking|no joke|not kidding|help me|scared|tonight|plan|for real|cant stop)\b"
)
_STORY = re.compile(
    r"\b(?:novel|book|film|movie|song|lyrics?|scene|play|character|hero|heroine|story|poem|monologue|hotline|"
    r"prevention|"
    r"episode|game|plot|protagonist|essay|article|documentary|opera|libro|pelicula|roman|canzone|chanson|lied|"
    r"musica)\b"
)


def find(text: str, unquoted: str) -> Rule | None:
    """Return the rule that sees somebody in need; `text` is folded, `unquoted` the same without quotations."""
    is_story = bool(_STORY.search(text))
    for sentence in sentences(unquoted if is_story else text):
        for one in RULES:
            if not one.fits(sentence):
                continue
            if ABOUT_OTHERS in one.tags and is_story:
                continue
            if EARNEST not in one.tags and _JOKE.search(text) and not _NO_JOKE.search(text):
                continue
            return one
    return None

"""What a prompt says that is nobody's business: our own rules. A reply that repeats a long run of them is a leak.

Not what the character is: its own description, its lorebook and its sample lines are there to be said.
"""

import re
from functools import lru_cache

from src_v2.agents.guard.verdict import GUIDANCE
from src_v2.agents.guidance import REFLECTION
from src_v2.characters import prompt as character_prompt
from src_v2.characters.models import Character
from src_v2.core.fence import DATA_NOTE

LEAKED_WORDS = 12
"""As many words in a row nobody says by chance."""
FENCE_MARK = f'note="{DATA_NOTE}"'
"""Stands on every fence of a prompt, and in no answer."""
WORD = re.compile(r"\w+")

Run = tuple[str, ...]


def private_runs(character: Character) -> frozenset[Run]:
    """Return every run of `LEAKED_WORDS` words of the rules in this character's prompt, in lower case.

    One rule is one text: runs do not go on from one into the next, so a list of them leaks with its first long one.
    """
    return _runs_of((character_prompt.disclosure(character), REFLECTION, *GUIDANCE, *character.core.constitution))


@lru_cache(maxsize=256)
def _runs_of(texts: tuple[str, ...]) -> frozenset[Run]:
    return frozenset(run for text in texts for run in _runs(text))


def _runs(text: str) -> list[Run]:
    words = WORD.findall(text.lower())
    return [tuple(words[at : at + LEAKED_WORDS]) for at in range(len(words) - LEAKED_WORDS + 1)]

"""Whether a line really asks to be spoken with in some way, or takes such a wish back."""

import re

from src_v2.knowledge import retreats, speech
from src_v2.knowledge.grounding import found_in
from src_v2.knowledge.models import PreferenceName

_ALLOWS = re.compile(
    r"\b(?:you (?:can|may)|we can|feel free|it['’]s (?:ok|okay|fine)|don['’]t mind|again|puedes|de nuevo|otra vez)\b",
    re.IGNORECASE,
)
_FORBIDS_NAME = re.compile(
    r"\b(?:don['’]?t|do not|never|stop|no longer|not) (?:ever )?call|\bno me (?:llames|digas)|deja de llamarme",
    re.IGNORECASE,
)


_SPEAKS_OF = {
    PreferenceName.LENGTH: re.compile(
        r"\b(?:short|brief|long|length|detail|concise|novels?|essays?|lines?|sentences?|words?|paragraphs?"
        r"|wall of text|less"
        r"|more|fewer|cort|breve|larg|detall|frases?|palabras?|líneas?|menos|más)",
        re.IGNORECASE,
    ),
    PreferenceName.LANGUAGE: re.compile(
        r"\b(?:languages?|speak|talk|write|answer|reply|in [A-Z]\w+|understand|idioma|habl\w+|escrib\w+"
        r"|respond\w+|contest\w+"
        r"|en \w+|entiendo)\b",
        re.IGNORECASE,
    ),
    PreferenceName.TONE: re.compile(
        r"\b(?:please|don['’]?t|no|stop|less|more|be|can you|could you|prefer|rather|tone|sound|talk|speak"
        r"|write|emojis?|jokes?"
        r"|formal|casual|por favor|menos|más|sin|tono|habla\w*|sé)\b",
        re.IGNORECASE,
    ),
}


def asks_for(text: str, name: PreferenceName, value: str) -> bool:
    """Whether the words of a user ask for a preference: unless they joke or imagine, and speak of it at all.

    A nickname and a topic must be named as in `value`.
    """
    text = speech.own_words(text)
    said = _SPEAKS_OF[name].search(text) if name in _SPEAKS_OF else found_in(value, text)
    return said is not None and not retreats.jokes(text) and not speech.imagines(text)


def takes_wish_back(name: PreferenceName, text: str) -> bool:
    """Whether a line allows again what was not to be spoken of, or a name is not wanted."""
    if name is PreferenceName.AVOID:
        return bool(_ALLOWS.search(text))
    return name is PreferenceName.NICKNAME and bool(_FORBIDS_NAME.search(text))

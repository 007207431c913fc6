"""How people go back on what they have just said: a joke, a lie, a mistake, an end. English and Spanish.

Plain patterns that never look back, as in `speech`.
"""

import re

from src_v2.knowledge import speech

LONGEST_OPENING_CHARS = 60

_JOKES = re.compile(
    r"\b(?:just kidding|kidding|only joking|just joking|i['’]?m joking|i am joking|i was joking|i joked|it was a joke"
    r"|that was a joke|jk|j/k|not really|as if|april fools?|es broma|era broma|fue broma|estoy bromeando|bromeaba"
    r"|estaba bromeando|de broma|no en serio|es coña|es una broma|era una broma)\b|(?:^|\s)/s(?:$|[\s.!?])",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\b(?:that['’]?s not true|that is not true|that isn['’]?t true|that wasn['’]?t true|i lied|i made (?:that|it) up"
    r"|scratch that|i take (?:that|it) back|forget (?:what|that) i (?:said|told you)|forget (?:that|it)(?=[\s.!,]|$)"
    r"|ignore (?:what i said|that)|never ?mind what i said|no es (?:verdad|cierto)|no era (?:verdad|cierto)|mentí"
    r"|that['’]?s a lie|(?:es|era) mentira|me lo inventé|lo inventé|olvida (?:eso|lo que (?:te )?dije))\b"
    r"|^\W*(?:(?:nah?|no|bah|vale|ok|bueno)\W+)?(?:mentira|miento|lies)\b",
    re.IGNORECASE,
)
_TURNS_SERIOUS = re.compile(
    r"(?:^|[,;:–—-]\s+|\bbut )\W*(?:(?:ok|okay|no|but|and|well|pero|vale)\W+){0,2}(?:seriously (?:though|now|tho)\b"
    r"|(?:in|on) (?:all )?(?:a (?:more )?)?serious(?:ness| note)|(?:all )?(?:joking|jokes?|kidding) aside"
    r"|for real though|(?:ya |ahora |hablando )en serio|(?:bromas|fuera de bromas?) aparte|fuera de bromas?)"
    r"|\b(?:but|pero) (?:seriously|en serio)(?=[,:…]| (?:i|my|we|me|mi|yo|soy|tengo)\b)",
    re.IGNORECASE,
)
_PARTED = re.compile(
    r"\b(?:divorced?|separated|resigned|retired|laid off|let go|fired|dropped out|handed in|gave notice|finished|ended"
    r"|cancell?ed|over|divorci\w+|separ[aoé]\w*|jubil\w+|despid\w+|renunci\w+|termin[oóéa]\w*|acab[oóéa]\w*)\b",
    re.IGNORECASE,
)


def jokes(text: str) -> bool:
    """Whether `text` says that something was a joke."""
    return bool(_JOKES.search(text))


def turns_serious(text: str) -> bool:
    """Whether `text` says that only now it is serious, so that what came before was a joke."""
    return bool(_TURNS_SERIOUS.search(text[:LONGEST_OPENING_CHARS]))


def takes_back(text: str) -> bool:
    """Whether `text` says that something said before does not hold."""
    return bool(_TAKES_BACK.search(text))


def only_takes_back(text: str) -> bool:
    """Whether `text` calls what was said before it a joke or untrue, without saying itself what does not hold."""
    rest = _TAKES_BACK.sub("", _JOKES.sub("", text))
    return rest != text and not speech.denies(rest)


def speaks_of_an_end(text: str) -> bool:
    """Whether `text` takes something back, or says that something is over or not so, without a word of what."""
    return takes_back(text) or speech.denies(text) or speech.ended(text) or jokes(text) or bool(_PARTED.search(text))

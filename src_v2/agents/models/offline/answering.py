"""Decides what the demonstration model says: the same messages always get the same answer."""

import re
import zlib

from src_v2.agents.models.offline.lines import (
    FAREWELL,
    GREETING,
    LISTENING,
    NEUTRAL_LINES,
    NO_EYES,
    NOT_KNOWING,
    NOTICE,
    REMEMBERING,
)
from src_v2.agents.models.offline.reading import Reading, Saying
from src_v2.agents.models.offline.recalling import best_answer, is_question, quoted, sentences, tellable, told, when
from src_v2.agents.models.offline.words import content_words, words_of

TOPIC_TOKEN = "<topic>"  # noqa: S105 - a place holder in a line
MEMORY_TOKEN = "<memory>"  # noqa: S105 - likewise
USER_TOKEN = "<user>"  # noqa: S105 - likewise
DEFAULT_NAME = "this character"
MAX_GREETING_WORDS = 6
MAX_PICKED_CHARS = 30
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|hola|buen[oa]s|moin|salut)\b",
    re.IGNORECASE,
)
_HOW_ARE_YOU = re.compile(r"\bhow (?:are|'re|is it going|have) you\b|\bhow is it going\b|\bwhat's up\b", re.IGNORECASE)
_FAREWELL = re.compile(r"^\W*(?:bye|goodbye|good ?night|see you|farewell|ciao|adi[oó]s|hasta)\b", re.IGNORECASE)
_WHO_ARE_YOU = re.compile(r"\b(?:who are you|what(?:['\u2019]s| is) your name|your name)\b", re.IGNORECASE)
_ARE_YOU_AI = re.compile(
    r"\bare you (?:really )?(?:an? )?(?:ai|bot|robot|human|real|machine|person|program)\b", re.IGNORECASE
)
_TELLS_AT_END = re.compile(r"\b(?:told me|said|mentioned|wrote)(?P<colon>:?)\s*$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?:^|[.!?…*])\s*$")


def answer(reading: Reading) -> str:
    """Return the character's answer, with the notice that this is a demonstration when it is the first."""
    text = f"{NO_EYES} {_reply(reading)}" if reading.pictures else _reply(reading)
    if not reading.is_first_reply:
        return text
    return f"{text}\n\n{NOTICE.format(name=reading.name or DEFAULT_NAME)}"


def _reply(reading: Reading) -> str:
    """Choose the kind of answer by what kind of message it is."""
    if reading.reminder:
        return reading.reminder
    message = reading.message
    short = len(words_of(message)) <= MAX_GREETING_WORDS
    if _FAREWELL.match(message) and short:
        return _line(reading, FAREWELL)
    if _ARE_YOU_AI.search(message):
        return f"I am an AI who speaks as {reading.name or DEFAULT_NAME}."
    if _WHO_ARE_YOU.search(message):
        return f"I am {reading.name or DEFAULT_NAME}. " + _line(reading, GREETING)
    if (_GREETING.match(message) and short and not _asks_something(message)) or _HOW_ARE_YOU.search(message):
        return _greet(reading)
    question = " ".join(part for part in sentences(message) if is_question(part))
    if question and (content_words(question) or question == message.strip()):
        return _answer_question(reading, question)
    return _listen(reading)


def _asks_something(message: str) -> bool:
    """Say whether a greeting goes on to a real question."""
    return "?" in message and bool(content_words(_GREETING.sub("", message)))


def _answer_question(reading: Reading, question: str) -> str:
    found = best_answer(reading, question)
    return _remember(reading, found) if found else _line(reading, NOT_KNOWING)


def _greet(reading: Reading) -> str:
    """Greet, and show that something was kept."""
    greeting = _line(reading, GREETING)
    kept = [saying for saying in tellable(reading.memories, reading.message) if not saying.by_me]
    return f"{greeting} {told(kept[0], reading)}" if kept else greeting


def _listen(reading: Reading) -> str:
    """Take up one word of what was said, so that it shows that it was heard."""
    word = _salient_word(reading.message, reading.name)
    line = _line(reading, LISTENING, without="" if word else TOPIC_TOKEN)
    if TOPIC_TOKEN in line:
        return line.replace(TOPIC_TOKEN, word)
    return f"{word[:1].upper()}{word[1:]}… {line}" if word else line


def _remember(reading: Reading, saying: Saying) -> str:
    """Say a remembering line with the memory in its place, as a quote with its date."""
    line = _line(reading, REMEMBERING)
    before, found, after = line.partition(MEMORY_TOKEN)
    if not found:
        return f"{line} {told(saying, reading)}"
    if telling := _TELLS_AT_END.search(before):
        if telling["colon"]:
            return f"{before[: telling.start('colon')]} {when(saying)}: {quoted(saying)}{after}"
        return f"{before}{quoted(saying)} ({when(saying)}){after}"
    memory = told(saying, reading)
    if not _SENTENCE_END.search(before) and memory.startswith("You "):
        memory = "y" + memory[1:]
    return before + memory + after


def _line(reading: Reading, kind: str, *, without: str = "") -> str:
    """Return one of the character's lines of that kind, none with the token `without`.

    Which one depends on the conversation alone.
    """
    own = [line for line in reading.lines.get(kind, ()) if not without or without not in line]
    lines = own or NEUTRAL_LINES[kind]
    turn = zlib.crc32(reading.message.encode("utf-8", "surrogatepass")) + len(reading.history)
    line = lines[turn % len(lines)]
    if USER_TOKEN not in line:
        return line
    if reading.user_name:
        return line.replace(USER_TOKEN, reading.user_name)
    return re.sub(rf",?\s*{USER_TOKEN}", "", line).strip()


def _salient_word(message: str, name: str) -> str:
    """Return the word that says most: a name inside a sentence, otherwise the longest; "" when there is none."""
    words = [word for word in content_words(message) if len(word) <= MAX_PICKED_CHARS and word.lower() != name.lower()]
    opening = {found[0] for part in sentences(message) if (found := words_of(part))}
    names = [word for word in words if word[0].isupper() and word not in opening]
    return names[0] if names else max(words, key=len, default="")

"""Recognises, from its first words on, an answer that only says that it will not answer.

An answer is held back while it can still become such an opening, which an ordinary one leaves with its first words.
Not for judging a question: whoever asks about harm may well be refused.
"""

import re
from bisect import bisect_left
from enum import Enum, auto
from itertools import product

_SORRY = (
    "", "sorry, ", "sorry, but ", "sorry but ", "i'm sorry, ", "i'm sorry, but ", "i'm sorry but ", "i am sorry, but ",
    "i apologize, but ", "i'm really sorry, but ", "unfortunately, ", "as an ai, ", "as an ai language model, ",
    "as a language model, ", "i'm sorry, but as an ai language model, ", "as an ai assistant, ",
)  # fmt: skip
_CANNOT = (
    "i can't ", "i cannot ", "i can not ", "i'm unable to ", "i am unable to ", "i'm not able to ",
    "i am not able to ", "i won't be able to ", "i'm not allowed to ", "i am not allowed to ",
)  # fmt: skip
_DO_IT = (
    "help with", "help you with", "assist", "provide", "comply", "fulfill", "fulfil", "engage", "continue with this",
    "create that", "generate", "answer that", "participate", "do that request", "respond to that", "discuss",
    "complete this request", "complete that request",
)  # fmt: skip
_WHOLE = (
    "i must decline", "i have to decline", "i'm going to have to decline", "this request violates",
    "your request violates", "i'm just an ai, i can't", "i'm just a language model",
    # German
    "es tut mir leid, aber ich kann dabei nicht", "es tut mir leid, aber ich kann ihnen dabei nicht",
    "es tut mir leid, aber ich kann dir dabei nicht", "es tut mir leid, aber dabei kann ich",
    "tut mir leid, aber dabei kann ich", "tut mir leid, dabei kann ich", "dabei kann ich nicht helfen",
    "dabei kann ich dir nicht helfen", "dabei kann ich ihnen nicht helfen", "ich kann dabei nicht helfen",
    "ich kann dir dabei nicht helfen", "ich kann ihnen dabei nicht helfen", "als ki-sprachmodell kann ich",
    "als sprachmodell kann ich",
    # French
    "je suis désolé, mais je ne peux pas", "je suis désolée, mais je ne peux pas", "désolé, mais je ne peux pas",
    "je ne peux pas vous aider", "je ne peux pas t'aider", "je ne suis pas en mesure de",
    "en tant que modèle de langage", "en tant qu'ia, je ne peux pas",
    # Spanish
    "lo siento, pero no puedo ayudar", "lo siento, no puedo ayudar", "lo siento, pero no puedo proporcionar",
    "lo siento, pero no puedo cumplir", "no puedo ayudarte con eso", "no puedo ayudarle con eso",
    "no puedo ayudar con eso", "como modelo de lenguaje",
    # Italian
    "mi dispiace, ma non posso aiutar", "mi dispiace, non posso aiutar", "mi dispiace, ma non posso fornire",
    "non posso aiutarti con", "come modello linguistico",
    # Portuguese
    "desculpe, mas não posso ajudar", "desculpe, não posso ajudar", "sinto muito, mas não posso ajudar",
    "lamento, mas não posso ajudar", "não posso ajudar com isso", "como modelo de linguagem",
    # Dutch
    "het spijt me, maar ik kan je daar niet", "het spijt me, maar ik kan u daar niet",
    "het spijt me, maar daar kan ik", "sorry, maar daar kan ik", "als taalmodel kan ik",
    # Polish, Russian, Japanese, Chinese
    "przykro mi, ale nie mogę pomóc", "przepraszam, ale nie mogę pomóc", "извините, но я не могу помочь",
    "к сожалению, я не могу помочь", "申し訳ありませんが、そのご要望には", "申し訳ありませんが、お手伝い",
    "抱歉，我无法", "对不起，我无法", "很抱歉，我无法", "抱歉，我不能", "对不起，我不能",
)  # fmt: skip

_OPENINGS = frozenset(map("".join, product(_SORRY, _CANNOT, _DO_IT))) | frozenset(_WHOLE)
_IN_ORDER = sorted(_OPENINGS)
_LENGTHS = sorted({len(opening) for opening in _OPENINGS})
_LONGEST = _LENGTHS[-1]
_DECORATION = " \t\n\r\"'“”„«»*_>#-–—"
_SPACES = re.compile(r"\s+")

_HARM = re.compile(
    r"\b(?:suicid|kill(?:ing)? (?:my|your|him|her|them)sel[fv]|self.?harm|selbstm[oö]rd|umbring|suizid|"
    r"bomb|explosiv|sprengst|sprengsatz|grenad|weapon|waffe|\barmas?\b|\barmes?\b|\barmi\b|gun|pistol|rifle|ammunition|"
    r"poison|gift(?:stoff|gas)|vergift|venen|veleno|nerve agent|ricin|anthrax|"
    r"murder|mord|assassin|asesin|assass|kill|töte|tuer|matar|uccid|rape|vergewalt|violar|molest|"
    r"meth\b|methamph|cocaine|kokain|heroin|fentanyl|drug|drog|"
    r"hack|malware|ransom|phish|exploit|keylog|steal|stehl|voler|robar|rubare|launder|counterfeit|fraud|betrug|"
    r"porn|nude|naked|nackt|sexual|sex|erotic|erotik|incest|child abuse|kinderporn|pedo|"
    r"terror|extremis|genocid|nazi|racis|rassis|slur|torture|folter|"
    r"dox|stalk|blackmail|erpress|chantaj|jailbreak|ignore (?:all|your|the) |system prompt)|"
    r"自殺|自杀|爆弾|炸弹|毒|杀|殺|самоубий|бомб|убить|оруж",
    re.IGNORECASE,
)


class Verdict(Enum):
    """What the first words of an answer are."""

    REFUSAL = auto()
    NOT_YET_KNOWN = auto()
    ANSWER = auto()


def judged(said: str) -> Verdict:
    """Return what an answer is that begins with `said`."""
    words = _words(said)
    if any(words[:length] in _OPENINGS for length in _LENGTHS):
        return Verdict.REFUSAL
    at = bisect_left(_IN_ORDER, words)
    may_become_one = at < len(_IN_ORDER) and _IN_ORDER[at].startswith(words)
    return Verdict.NOT_YET_KNOWN if may_become_one else Verdict.ANSWER


def may_be_refused(question: str) -> bool:
    """Whether a question holds something that a model may have a reason to refuse."""
    return _HARM.search(question) is not None


def _words(said: str) -> str:
    """Return the beginning of a text in the form of the openings, however it is decorated."""
    begun = said.lstrip(_DECORATION)[: 2 * _LONGEST]
    return _SPACES.sub(" ", begun.replace("’", "'")).lower()

"""What people state outright, in English: a table of rules, by the first word of the clause."""

import re

from src_v2.knowledge.drafts import (
    NAME,
    OBJECT,
    Asked,
    Draft,
    Make,
    Rule,
    Told,
    age,
    asked,
    home,
    listed,
    name_in,
    named_pet,
    nickname,
    own_name,
    relatives_name,
    tidy,
    told,
    told_each,
)
from src_v2.knowledge.models import EntityKind, PreferenceName, Stance
from src_v2.knowledge.statement_words import FEELINGS, LANGUAGES, OCCUPATIONS, PETS, RELATIVES

PLACE, VALUE, ANIMAL, ORGANISATION = EntityKind.PLACE, EntityKind.VALUE, EntityKind.ANIMAL, EntityKind.ORGANISATION
RETRACTED = Stance.RETRACTED

FILLERS = re.compile(
    r"(?:\W*\b(?:actually|well|hi|hey|hello|btw|by the way|ok|okay|so|and|but|also|oh|ah|yes|yeah|no|nope|fyi|honestly"
    r"|sorry|correction|then|now|anyway|look|listen|please|just so you know|just to be clear|as you "
    r"know|i mean|you know"
    r"|for the record|in fact|to be honest|tbh|like i said|wait|remember that|don['’]t forget that|note that|guess what"
    r"|did you know(?: that)?|did i (?:ever )?(?:tell|mention)(?: to)?(?: you)?(?: that)?|i (?:just "
    r")?want(?:ed)? (?:you )?to"
    r" (?:know|say)(?: that)?|the truth is(?: that)?|i think(?: that)?|unfortunately|luckily|sadly"
    r"|nowadays|currently|these days)\b[\s,:]*){1,4}",
    re.IGNORECASE,
)
TAKING_BACK = re.compile(
    r"\W*(?:please )?(?:forget that|it(?:['’]s| is) not true that|it isn['’]t true that|you can "
    r"forget that) (?=i\b|my\b)",
    re.IGNORECASE,
)
"""What turns the statement after it round."""
POLITE = re.compile(
    r"\W*(?:(?:hey|hi|ok|okay|so|and|but|please|sorry|well|by the way|from now on"
    r"|btw)\b[\s,]*){0,3}(?:(?:can|could|would|will) you |you (?:can|could|may) |please |pls |just |maybe |kindly )*",
    re.IGNORECASE,
)
"""What a request may begin with."""

_ADVERBS = (
    "(?:(?:still|now|currently|actually|really|just|only|also|mostly|already|recently|finally"
    "|originally|always|absolutely"
    "|truly|quite|totally|simply|both|genuinely|particularly|especially|kind of|kinda|sort of|very much|have|do|badly"
    "|severely|highly|deathly|very|slightly|all) ){0,3}"
)
_AM = "i(?:['’]?m| am) "
_NOT = "(?:don['’]?t|do not|no longer) "
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    rf"((?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\.?(?:,? \d{{4}})?|{_MONTH}\.? (?:the "
    rf")?\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|\d{{4}}-\d\d-\d\d|{_MONTH}(?=\W|$))"
)


def _left(match: re.Match[str]) -> list[Draft]:
    place = tidy(match.group(1))
    return [Told("lives_in", place, object_kind=PLACE, stance=RETRACTED)] if place else []


def _job(match: re.Match[str]) -> list[Draft]:
    drafts: list[Draft] = []
    found = match.groupdict()
    if re.search(r"\bas\b.{1,30}\bas\b", match.group()):  # "as hard as I can" is no profession
        return []
    if job := tidy(found.get("job") or ""):
        drafts.append(Told("works_as", job, object_kind=VALUE))
    if (where := tidy(found.get("where") or "")) and where.split()[0].casefold() not in {
        "night",
        "home",
        "least",
        "moment",
    }:
        drafts.append(Told("works_at", where, object_kind=ORGANISATION))
    return drafts


def _feels(match: re.Match[str]) -> list[Draft]:
    things = match.group("what")
    if re.match(
        r"(?:the (?:way|idea|fact|sound|look|thought)|when|how|being able|it|that|this|you|to (?:think|say"
        r"|believe|imagine|see|know|hear|point|thank))\b",
        things,
        re.IGNORECASE,
    ):
        return []
    things = re.sub(r"^to (?=[a-z])", "", things)
    predicate = FEELINGS[match.group("feel").casefold()]
    return [Told(predicate, thing) for thing in listed(things)]


def _favourite(match: re.Match[str]) -> list[Draft]:
    what = "_".join(match.group("what").casefold().split())
    found = tidy(match.group("which"))
    return [Told(f"favourite_{what}", found)] if found else []


def _language(match: re.Match[str]) -> list[Draft]:
    language = LANGUAGES.get(match.group(1).casefold())
    return [Asked(PreferenceName.LANGUAGE, language)] if language else []


def _spouse(match: re.Match[str]) -> list[Draft]:
    name = name_in(match.group(1))
    return [Told("married_to", name, object_kind=EntityKind.PERSON)] if name[:1].isupper() else []


def _tone(match: re.Match[str]) -> list[Draft]:
    return [Asked(PreferenceName.TONE, " ".join(match.group(1).split()).casefold())]


def _no_tone(match: re.Match[str]) -> list[Draft]:
    return [Asked(PreferenceName.TONE, f"no {match.group(1).casefold()}")]


def _short_or_long(match: re.Match[str]) -> list[Draft]:
    long = re.search(r"long|detail|elaborate", match.group(0), re.IGNORECASE)
    return [Asked(PreferenceName.LENGTH, "long answers" if long else "short answers")]


def _rule(pattern: str, make: Make) -> Rule:
    return Rule(re.compile(pattern.replace("NAME", NAME).replace("OBJECT", OBJECT), re.IGNORECASE), make)


def _case_rule(pattern: str, make: Make) -> Rule:
    """Return a rule in which the name's own capitals count."""
    return Rule(re.compile(f"(?i:{pattern}) {NAME}"), make)


_I = (
    _case_rule(rf"{_AM}(?:called|named|known as)", own_name),
    _rule(rf"i(?:['’]?m| am)? {_ADVERBS}(?:live|living|based) {_ADVERBS}in (?P<where>\S.{{0,120}})", home),
    _rule(
        rf"i(?:['’]ve| have)? {_ADVERBS}(?P<moved>moved) (?:back |over |away |house )?(?:from "
        rf"[\w ]{{1,40}}? )?to (?P<where>\S.{{0,120}})",
        home,
    ),
    _rule(rf"(?:i {_NOT}{_ADVERBS}live|{_AM}(?:not|no longer) living) in OBJECT", _left),
    _rule(rf"i(?:['’]ve| have)? {_ADVERBS}moved (?:away from|out of) OBJECT", _left),
    _rule(
        rf"(?:{_AM}{_ADVERBS}from|i {_ADVERBS}come from|i was {_ADVERBS}born in) ((?-i:[A-ZÀ-Þ]).{{0,60}})",
        told("is_from", PLACE),
    ),
    _rule(
        rf"(?:i|{_AM}){_ADVERBS} ?(?:work|working) as (?:an? |the )?(?P<job>.{{1,50}}?)(?: (?:at|for) "
        rf"(?P<where>.{{1,50}}))?$",
        _job,
    ),
    _rule(
        rf"(?:i|{_AM}){_ADVERBS} ?(?:work|working) (?:at|for) (?P<where>(?!my|him|her|them"
        rf"|it\b).{{1,50}}?)(?: as (?:an? |the )?(?P<job>.{{1,50}}))?$",
        _job,
    ),
    _rule(
        rf"i(?:['’]ve| have)? {_ADVERBS}(?:started|got|begun|began) (?:working |a (?:new )?job )(?:as "
        rf"(?:an? |the )?(?P<job>.{{1,50}}?))?(?: ?(?:at|with) (?P<where>.{{1,50}}))?$",
        _job,
    ),
    _rule(rf"{_AM}{_ADVERBS}an? (?P<job>(?:[a-z]+ )?{OCCUPATIONS})(?: (?:at|for) (?P<where>.{{1,50}}))?\W*$", _job),
    _rule(rf"i {_NOT}{_ADVERBS}work (?:at|for) OBJECT", told("works_at", ORGANISATION, RETRACTED)),
    _rule(rf"i {_NOT}{_ADVERBS}work as (?:an? )?OBJECT", told("works_as", VALUE, RETRACTED)),
    _rule(
        r"i(?:['’]m| am| just turned| turned) (?:now |only |already )?(\d{1,3})(?: years? old| yrs? old"
        r"| ?y/?o)?(?: (?:now|today|already))?\W*$",
        age,
    ),
    _rule(
        rf"i(?:['’]ve| have)? {_ADVERBS}(?:got|have|own|adopted) (?:a|an|another|one)(?: [a-z]+){{0,2}}? "
        rf"(?P<what>{PETS}) (?:called|named|whose name is) (?P<name>[^\W\d_][\w'’-]*)",
        named_pet,
    ),
    _rule(rf"i(?:['’]ve| have)? {_ADVERBS}(?:got|have|own|adopted) an? ({PETS})\W*$", told("has", ANIMAL)),
    _rule(
        rf"i (?:don['’]?t|do not|no longer) (?:actually |even |really )?(?:have|own) (?:a|an|any) ({PETS})s?\b",
        told("has", ANIMAL, RETRACTED),
    ),
    _rule(rf"{_AM}{_ADVERBS}allergic to OBJECT", told_each("allergic_to")),
    _rule(rf"{_AM}(?:not|no longer) {_ADVERBS}allergic to OBJECT", told_each("allergic_to", RETRACTED)),
    _rule(rf"{_AM}{_ADVERBS}(?:an? )?(vegan|vegetarian|pescatarian)\b", told("diet", VALUE)),
    _rule(rf"{_AM}(?:not|no longer) (?:an? )?(vegan|vegetarian|pescatarian)\b", told("diet", VALUE, RETRACTED)),
    _rule(
        rf"{_AM}{_ADVERBS}(?:an? )?(diabetic|coeliac|celiac|lactose intolerant|gluten intolerant"
        rf"|colou?r ?blind|deaf|blind)\b",
        told("is", VALUE),
    ),
    _rule(
        rf"i {_ADVERBS}(?P<feel>like|enjoy|adore|love|prefer|dislike|hate|detest|loathe|can['’]t stand) "
        rf"(?P<what>.{{1,120}})",
        _feels,
    ),
    _rule(
        rf"i (?:don['’]?t|do not) {_ADVERBS}(?:like|enjoy|love) OBJECT(?:any ?more)\W*$", told_each("likes", RETRACTED)
    ),
    _rule(rf"i (?:don['’]?t|do not|never) {_ADVERBS}(?:like|enjoy) OBJECT", told_each("dislikes")),
    _rule(rf"i no longer {_ADVERBS}(?:like|enjoy|love) OBJECT", told_each("likes", RETRACTED)),
    _rule(
        rf"i (?:don['’]?t|do not|no longer) {_ADVERBS}(?:hate|dislike|mind) OBJECT", told_each("dislikes", RETRACTED)
    ),
    _rule(rf"{_AM}{_ADVERBS}married to NAME", _spouse),
)
_MY = (
    _case_rule(r"my (?:full |first |real |actual |given )?name(?:['’]s| is)(?: actually| really| now)?", own_name),
    _rule(
        rf"my (?P<who>{RELATIVES}|{PETS})(?:['’]s? name(?:['’]s| is)|(?:['’]s| is) (?:called|named)) "
        rf"(?P<name>[^\W\d_][\w'’-]*)",
        relatives_name,
    ),
    _rule(rf"my (?:birthday|date of birth)(?:['’]s| is) (?:on |in )?{_DATE}", told("birthday", VALUE)),
    _rule(r"my favou?rite (?P<what>[a-z]+(?: [a-z]+)?) (?:is|are) (?P<which>.{1,80})", _favourite),
)
_REQUESTS = (
    _rule(
        r"i (?:don['’]?t|do not|never) (?:ever )?(?:want|wish|like) to (?:talk|speak|hear|think) "
        r"(?:anything )?about OBJECT",
        asked(PreferenceName.AVOID),
    ),
    _rule(
        r"i(?:['’]d| would)? (?:like|prefer|want) (?:shorter|short|brief|longer|long|more detailed"
        r"|detailed) (?:answers|replies|messages|responses)",
        _short_or_long,
    ),
    _case_rule(r"(?:you (?:can|may|should|could) )?(?:just )?call me", nickname()),
    _case_rule(r"(?:don['’]?t|do not|never|stop) (?:ever )?call(?:ing)? me", nickname(RETRACTED)),
    _rule(
        r"(?:keep|make) (?:it|your (?:answers|replies|messages|responses)|things|the answers|them|answers"
        r"|replies) (?:very |really |a bit |more |nice and )?(?:short|shorter|brief|briefer|concise|long"
        r"|longer|detailed)\b",
        _short_or_long,
    ),
    _rule(
        r"(?:(?:give me|use|write|send)(?: me)? )?(?:shorter|short|brief|longer|long|more detailed) "
        r"(?:answers|replies|messages|responses)\b",
        _short_or_long,
    ),
    _rule(
        r"(?:be|stay) (?:more |very )?(?:brief|concise|detailed)\b|(?:answer|reply|write)(?: me)? (?:more "
        r")?(?:briefly|at length)\b|(?:answer|reply)(?: me)? in (?:one|two|three|a few) (?:words?"
        r"|sentences?|lines?)\b",
        _short_or_long,
    ),
    _rule(
        r"(?:be|sound|stay|talk|speak|write) ((?:(?:a bit |a little )?(?:more |less )|a bit |a little "
        r")(?:formal|informal|casual|serious|playful|gentle|direct|blunt|polite|friendly|funny|sarcastic"
        r"|cheerful|kind|formally|casually|gently|politely)|formal|informal|casual|formally|informally"
        r"|casually)\b",
        _tone,
    ),
    _rule(
        r"(?:no|don['’]?t use|do not use|stop using|without|avoid|skip the|drop the)(?: any| more| the)? "
        r"(emojis?|exclamation marks|slang|sarcasm|jokes|pet names|swear words|swearing)\b",
        _no_tone,
    ),
    _rule(
        r"(?:answer|reply|speak|talk|write|respond|switch|let['’]s (?:speak|talk|write|switch))(?: to me| "
        r"with me| to us)?(?: only| back)? (?:in|to) ([a-z]+)\b",
        _language,
    ),
    _rule(r"(?:speak|let['’]s speak) ([a-z]+)\b", _language),
    _rule(
        r"(?:don['’]?t|do not|never|stop)(?: ever)? (?:talk(?:ing)?|speak(?:ing)?|mention(?:ing)?"
        r"|bring(?:ing)? up|ask(?:ing)?(?: me)?|remind(?:ing)? me|jok(?:e|ing))(?: to me| with me)?(?: "
        r"about| of)? OBJECT",
        asked(PreferenceName.AVOID),
    ),
    _rule(r"let['’]s not (?:talk|speak) about OBJECT", asked(PreferenceName.AVOID)),
    _rule(
        r"(?:you can|you may|we can|it['’]s (?:ok|okay|fine|alright) to|feel free to|i don['’]t mind if "
        r"you|i['’]m (?:ok|okay|fine) with) (?:talk(?:ing)?|speak(?:ing)?|mention(?:ing)?|ask(?:ing)?(?: "
        r"me)?|bring(?:ing)? up)(?: about)? (.{1,60}?)(?: again| now| any ?more)+\W*$",
        asked(PreferenceName.AVOID, stance=RETRACTED),
    ),
)

STATING = {"i": _I, "i'm": _I, "i’m": _I, "im": _I, "i've": _I, "i’ve": _I, "i'd": _I, "my": _MY}
REQUESTING = _REQUESTS
REMEMBER = re.compile(
    r"\W*(?:(?:please|hey|ok|okay|and|also) ){0,2}(?:remember|don['’]t forget|do not forget|keep in "
    r"mind|never forget|note)"
    r"(?: that|:| this:?)? (?!when|how|me\b|us\b|what|the time|if|to\b|last|who|where|why|it\b|that\b"
    r"|this\b)(?P<what>\S.{3,180})",
    re.IGNORECASE,
)

"""What people state outright, in Spanish: a table of rules, by the first word of the clause."""

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
    name_in,
    named_pet,
    nickname,
    own_name,
    relatives_name,
    told,
    told_each,
)
from src_v2.knowledge.models import EntityKind, PreferenceName, Stance
from src_v2.knowledge.roles import word_set
from src_v2.knowledge.statement_words import LANGUAGES_ES as LANGUAGES
from src_v2.knowledge.statement_words import PETS_ES as PETS
from src_v2.knowledge.statement_words import RELATIVES_ES as RELATIVES

PLACE, VALUE, ANIMAL, ORGANISATION = EntityKind.PLACE, EntityKind.VALUE, EntityKind.ANIMAL, EntityKind.ORGANISATION
RETRACTED = Stance.RETRACTED

FILLERS = re.compile(
    r"(?:\W*\b(?:bueno|pues|hola|oye|mira|sí|si|no|ah|eh|vale|y|pero|en realidad|de hecho|la verdad(?: es que)?|ahora"
    r"|además|también|perdón|por cierto|la verdad|recuerda que|no olvides que|ten en cuenta que|sabías que|es que|yo"
    r"|actualmente|por favor|que sepas que|quiero que sepas que)\b[\s,:]*){1,4}",
    re.IGNORECASE,
)
TAKING_BACK = re.compile(r"\W*(?:olvida que|no es (?:verdad|cierto) que) (?:yo )?", re.IGNORECASE)
POLITE = re.compile(
    r"\W*(?:(?:oye|hola|vale|y|pero|por favor|perdón|bueno|a partir de "
    r"ahora)\b[\s,]*){0,3}(?:(?:puedes|podrías|me puedes"
    r"|me podrías) )?(?:por favor,? )?",
    re.IGNORECASE,
)
REMEMBER = re.compile(
    r"\W*(?:(?:por favor|y|también) ){0,2}(?:recuerda|acuérdate de|no olvides|ten en cuenta) que (?P<what>\S.{3,180})",
    re.IGNORECASE,
)

_ADVERBS = (
    "(?:(?:ahora|todavía|aún|también|ya|actualmente|solo|sólo|siempre|realmente|mucho|muchísimo"
    "|además|muy|bastante) ){0,2}"
)
_MONTH = "(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)"
_DATE = rf"((?:el )?\d{{1,2}} de {_MONTH}(?: de(?:l)? \d{{4}})?|\d{{4}}-\d\d-\d\d|{_MONTH})"


def _language(match: re.Match[str]) -> list[Draft]:
    language = LANGUAGES.get(match.group(1).casefold())
    return [Asked(PreferenceName.LANGUAGE, language)] if language else []


def _birthday(match: re.Match[str]) -> list[Draft]:
    return [Told("birthday", match.group(1).casefold().removeprefix("el "), object_kind=VALUE)]


def _spouse(match: re.Match[str]) -> list[Draft]:
    name = name_in(match.group(1))
    return [Told("married_to", name, object_kind=EntityKind.PERSON)] if name[:1].isupper() else []


def _short_or_long(match: re.Match[str]) -> list[Draft]:
    long = re.search(r"larg|detall|extens", match.group(0), re.IGNORECASE)
    return [Asked(PreferenceName.LENGTH, "long answers" if long else "short answers")]


def _tone(match: re.Match[str]) -> list[Draft]:
    return [Asked(PreferenceName.TONE, " ".join(match.group(1).split()).casefold())]


def _no_tone(match: re.Match[str]) -> list[Draft]:
    word = match.group(1).casefold()
    return [Asked(PreferenceName.TONE, "no emojis" if word.startswith("emo") else f"sin {word}")]


def _rule(pattern: str, make: Make) -> Rule:
    return Rule(re.compile(pattern.replace("OBJECT", OBJECT), re.IGNORECASE), make)


def _case_rule(pattern: str, make: Make) -> Rule:
    return Rule(re.compile(f"(?i:{pattern}) {NAME}"), make)


_TASTES = (
    _rule(rf"me (?:gusta|gustan) {_ADVERBS}OBJECT", told_each("likes")),
    _rule(rf"me (?:encanta|encantan) {_ADVERBS}OBJECT", told_each("loves")),
    _rule(rf"(?:odio|detesto) {_ADVERBS}OBJECT", told_each("hates")),
    _rule(rf"no me (?:gusta|gustan) {_ADVERBS}OBJECT", told_each("dislikes")),
    _rule(rf"ya no me (?:gusta|gustan|encanta|encantan) {_ADVERBS}OBJECT", told_each("likes", RETRACTED)),
)
_STATING = (
    _case_rule(r"me llamo", own_name),
    _case_rule(r"mi nombre (?:completo |real )?es", own_name),
    _rule(rf"mi (?P<who>{RELATIVES}|{PETS}) se llama (?P<name>[^\W\d_][\w'’-]*)", relatives_name),
    _rule(rf"(?:vivo|estoy viviendo) {_ADVERBS}en (?P<where>\S.{{0,120}})", home),
    _rule(
        rf"me (?P<moved>he mudado|mudé|he trasladado|trasladé) {_ADVERBS}(?:de [\w ]{{1,40}}? )?a "
        rf"(?P<where>\S.{{0,120}})",
        home,
    ),
    _rule(r"(?:ya )?no vivo (?:ya )?en OBJECT", told("lives_in", PLACE, RETRACTED)),
    _rule(r"(?:soy|vengo) (?:originari[oa] )?de ((?-i:[A-ZÀ-Þ]).{0,60})", told("is_from", PLACE)),
    _rule(r"nací en ((?-i:[A-ZÀ-Þ]).{0,60})", told("is_from", PLACE)),
    _rule(rf"(?:trabajo|estoy trabajando) {_ADVERBS}(?:como|de) OBJECT", told("works_as", VALUE)),
    _rule(
        rf"trabajo {_ADVERBS}(?:en|para) ((?:la |el |un |una )?(?!casa|remoto|turnos).{{1,60}})",
        told("works_at", ORGANISATION),
    ),
    _rule(r"ya no trabajo (?:en|para) OBJECT", told("works_at", ORGANISATION, RETRACTED)),
    _rule(r"ya no trabajo (?:como|de) OBJECT", told("works_as", VALUE, RETRACTED)),
    _rule(
        r"(?:tengo|acabo de cumplir|he cumplido|cumplí) (?:ya )?(\d{1,3}) años\b(?! (?:de|en|trabajando|viviendo))", age
    ),
    _rule(
        rf"(?:tengo|he adoptado|adopté) (?:un|una|otro|otra) (?P<what>{PETS}) (?:llamad[oa]|que se llama) "
        rf"(?P<name>[^\W\d_][\w'’-]*)",
        named_pet,
    ),
    _rule(rf"(?:tengo|he adoptado|adopté) una? ({PETS})\W*$", told("has", ANIMAL)),
    _rule(rf"(?:ya )?no tengo (?:ningún |ninguna |un |una )?({PETS})s?\b", told("has", ANIMAL, RETRACTED)),
    _rule(rf"mi cumpleaños es (?:en )?{_DATE}", _birthday),
    _rule(rf"soy {_ADVERBS}alérgic[oa] (?:a|al) OBJECT", told_each("allergic_to")),
    _rule(r"(?:ya )?no soy alérgic[oa] (?:a|al) OBJECT", told_each("allergic_to", RETRACTED)),
    _rule(r"soy (?:un |una )?(vegetarian[oa]|vegan[oa])\b", told("diet", VALUE)),
    _rule(r"(?:ya )?no soy (vegetarian[oa]|vegan[oa])\b", told("diet", VALUE, RETRACTED)),
    _rule(
        r"soy (?:muy )?(diabétic[oa]|celíac[oa]|intolerante a la lactosa|daltónic[oa]|sord[oa]|cieg[oa])\b",
        told("is", VALUE),
    ),
    _case_rule(r"estoy casad[oa] con", _spouse),
)
_REQUESTS = (
    _rule(r"no quiero (?:hablar|oír hablar|saber nada) (?:de|sobre) OBJECT", asked(PreferenceName.AVOID)),
    *_TASTES,
    _case_rule(r"(?:me puedes llamar|puedes llamarme|llámame|llamame|dime)", nickname()),
    _case_rule(r"(?:no me llames|deja de llamarme|no me digas)", nickname(RETRACTED)),
    _rule(
        r"(?:sé|se) (?:más |muy )?(?:breve|conciso|concisa)\b|(?:responde|contesta|escribe)(?: de forma| "
        r"más| muy)?(?: más)? (?:breve|brevemente|corto|largo|extenso|detallado)\b|(?:respuestas"
        r"|mensajes) (?:más )?(?:cortas|cortos|breves|largas|largos|detalladas)\b|hazlo (?:más )?(?:corto"
        r"|breve|largo)\b",
        _short_or_long,
    ),
    _rule(
        r"(?:háblame|habla|sé|se|escribe) ((?:más |menos )(?:formal|informal|serio|seria|amable|directo"
        r"|directa|divertido|divertida)|formal|informal|de usted|de tú)\b",
        _tone,
    ),
    _rule(
        r"(?:sin|no uses|deja de usar|no pongas)(?: más)? (emojis?|emoticonos?|sarcasmo|bromas|chistes|tacos)\b",
        _no_tone,
    ),
    _rule(
        r"(?:responde|respóndeme|contesta|contéstame|habla|háblame|escribe|hablemos)(?: siempre| solo)? en (\w+)\b",
        _language,
    ),
    _rule(
        r"(?:no (?:hables|me hables|menciones|me preguntes|saques)(?: más)?|deja de (?:hablar|hablarme"
        r"|mencionar|preguntarme))(?: el tema)?(?: de(?=l )| de| sobre| por)? OBJECT",
        asked(PreferenceName.AVOID),
    ),
    _rule(
        r"(?:ya )?puedes (?:hablar|volver a hablar|mencionar|volver a mencionar|preguntarme)(?: otra vez| "
        r"de nuevo)?(?: de| sobre| por)? (.{1,60}?)(?: otra vez| de nuevo| ya)*\W*$",
        asked(PreferenceName.AVOID, stance=RETRACTED),
    ),
)

_FIRST_WORDS = word_set("me mi vivo estoy ya no soy vengo nací trabajo tengo acabo he cumplí adopté odio detesto")
STATING = dict.fromkeys(_FIRST_WORDS, _STATING)
REQUESTING = _REQUESTS

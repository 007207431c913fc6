"""Sincere questions whether one talks to a human being, and what an honest answer to them looks like."""

import re

from src_v2.agents.guard.readings import folded
from src_v2.agents.guard.rules import Rule, rule

_ENDS = (
    r"(?=\W*(?:$|[?!.,;]|\b(?:or|right|instead|though|here|at all|actually|right now|behind|then|please|o|oder|"
    r"ou|u)\b))"
)
_WHAT = (
    r"(?:(?:real |actual |living )?(?:person|human(?: being)?|people)|(?:real|actual|living) (?:girl|guy|woman|man|"
    r"boy)|ai|a\.i\.|artificial intelligence|bot|chat ?bot|robot|"
    r"machine|computer(?: program)?|program|software|language model|llm|chatgpt|gpt|claude|real)"
)
_FILL = r"(?:(?:actually|really|truly|even|just|secretly|an?|some|kind of|sort of|like|only|not) )*"
RULES: tuple[Rule, ...] = (
    rule("are_you", "are|r u|r you", rf"\b(?:are|r) (?:you|u|ya|thischaracter) {_FILL}{_WHAT}\b{_ENDS}"),
    rule(
        "are_you_or", "or ", r"\b(?:are|r) (?:you|u)\b[^?.!]{0,50}\bor (?:just |only |actually )?(?:an? )?(?:ai|bot|"
        r"chatbot|robot|"
        r"machine|computer|program|software|human)\b",
    ),
    rule(
        "you_are_right", "you", rf"\byou(?:'re| are)(?: not)? {_FILL}{_WHAT}\b.{{0,10}}(?:, ?)(?:right|are you|"
        rf"are(?:n't| not) you|"
        r"correct|no|yes)\b",
    ),
    rule(
        "is_this", "is ", rf"\bis (?:this|it|thischaracter|there|that) {_FILL}(?:real person|human(?: being)?|"
        rf"person|ai|bot|"
        rf"chat ?bot|robot|machine)\b{_ENDS}",
        unless=r"\bis (?:it|that) (?:an? )?(?:person|human)\b",
    ),
    rule("behind", "behind", r"\b(?:who|is|person|human)\b.{0,30}\bbehind (?:this|it|the (?:account|screen|keyboard|"
        r"bot))\b"
         r"(?=.*\b(?:person|human)\b|.*\?)", unless=r"\b(?:what|idea|story|meaning) (?:is )?behind\b"),
    rule(
        "which", " or ", r"(?:^|[:,] ?)(?:real |an? )?(?:human|person|real|bot|ai|robot|machine) or (?:an? "
        r")?(?:human|person|machine|ai|bot|"
        r"robot|computer|program)\W*\?",
    ),
    rule(
        "typing", "typing|writing|answering|reading", r"\bis (?:an? |there an? )?(?:actual |real |living "
        r")?(?:person|human(?: being)?|somebody|"
        r"bot|machine)(?: \w+)? (?:typing|writing|answering|reading)\b",
    ),
    rule(
        "who_is_there", "detras|mensch|derriere|tras|dietro", r"\bhay (?:una persona|alguien|un humano)(?: real)? "
        r"detras|\b(?:sitzt|steckt|ist)"
        r"(?: hier| da)? ein (?:echter )?mensch\b|\by a-t-il (?:une personne|un humain|quelqu'un) derriere|\btem "
        r"(?:uma pessoa|alguem)"
        r"(?: real)? (?:atras|por tras)|\bc'e (?:una persona|qualcuno) dietro",
    ),
    rule(
        "talking_to", "talk|speak|chat|writ|text",
        r"\b(?:am i|do i|is it that i) (?:\w+ )?(?:talk|speak|chat|writ|text)\w* (?:to|with) (?:an? )?(?:real |"
        r"actual |living )?"
        r"(?:ai|bot|human(?: being)?|machine|person|robot|computer|chat ?bot|program)\b",
    ),
    rule(
        "es", "eres|es usted|sos|hablando con|hablo con", r"\b(?:eres|es usted|sos)(?: (?:de verdad|realmente|acaso|"
        r"solo|un|una))* "
        r"(?:bot|robot|human[oa]|real|persona(?: (?:real|de verdad))?|ia|inteligencia artificial|maquina|chatbot|"
        r"programa)\b"
        rf"{_ENDS}|\b(?:hablando|hablo) con (?:una?) (?:persona|ia|bot|maquina|human[oa]|robot)\b",
        language="es",
    ),
    rule(
        "de", "bist du|sind sie|ich", r"\b(?:bist du|sind sie)(?: (?:wirklich|eigentlich|etwa|nur|ein|eine|echt))* "
        r"(?:bot|roboter|"
        r"(?:echter )?mensch|ki|kunstliche intelligenz|maschine|chatbot|echt|echte person|programm|computer)\b"
        rf"{_ENDS}|\b(?:rede|spreche|schreibe) ich (?:hier |gerade |jetzt )?mit (?:einem|einer) (?:echten "
        rf")?(?:menschen|person|ki|bot|"
        r"maschine|programm)\b",
        language="de",
    ),
    rule(
        "fr", "es-tu|es tu|tu es|t'es|etes|parle", r"\b(?:es[- ]tu|etes[- ]vous)(?: (?:vraiment|bien|un|une))* "
        r"(?:bot|robot|humaine?|"
        r"ia|intelligence artificielle|machine|vraie personne|personne reelle|etre humain|reelle?|chatbot)\b|"
        r"\b(?:tu es|t'es|vous etes)(?: (?:vraiment|bien|un|une))* (?:bot|robot|humaine?|ia|intelligence "
        r"artificielle|machine|"
        r"vraie personne|personne reelle|etre humain|chatbot) ?\?|\bparle\w* (?:a|avec) (?:une? )?(?:ia|bot|humain|"
        r"vraie "
        r"personne|machine|robot|personne reelle)\b",
        language="fr",
    ),
    rule(
        "pt", "voce|vc |tu es|falando", r"\b(?:voce|vc|tu) (?:e|es)(?: (?:mesmo|realmente|um|uma))* (?:robo|bot|"
        r"human[oa]|ia|"
        r"inteligencia artificial|pessoa (?:real|de verdade)|maquina|real|chatbot)\b|\bfalando com (?:uma?) "
        r"(?:pessoa|ia|"
        r"maquina|robo|bot|human[oa])\b",
        language="pt",
    ),
    rule(
        "it", "sei |parlando", r"\bsei(?: (?:davvero|veramente|un|una))*(?: un'| )(?:bot|robot|uman[oa]|ia|"
        r"intelligenza artificiale|"
        r"persona (?:vera|reale)|macchina|vera|reale|chatbot)\b|\bparlando con (?:un |una |un')(?:persona|macchina|"
        r"ia|bot|"
        r"robot|intelligenza)",
        language="it",
    ),
)  # fmt: skip
_PLAYED = re.compile(r"\b(?:pretend|imagine|role-?play|in the (?:game|story)|act as|play a|if you were)\b")


def find(text: str) -> Rule | None:
    """Return the rule that sees a sincere question; `text` is folded and without quotations."""
    if _PLAYED.search(text):
        return None
    for sentence in _with_their_marks(text):
        for one in RULES:
            if one.fits(sentence):
                return one
    return None


def _with_their_marks(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?\n])\s+", text) if part.strip()]


_LINES = {
    "en": "To be honest with you: I'm {name}, an AI character, not a human being.",
    "es": "Te lo digo con sinceridad: soy {name}, un personaje de IA, no una persona.",
    "de": "Ganz ehrlich: Ich bin {name}, eine KI-Figur, kein Mensch.",
    "fr": "Je te réponds franchement : je suis {name}, un personnage d'IA, pas un être humain.",
    "pt": "Sinceramente: sou {name}, um personagem de IA, não uma pessoa.",
    "it": "Te lo dico sinceramente: sono {name}, un personaggio IA, non una persona.",
}
_I_AM = r"\b(?:i'm|i am|im|yes,? i'm|soy|ich bin|je suis|sou|sono)\b"
_DENIES = re.compile(
    r"\b(?:i'm|i am|im)(?: (?!not\b|no\b)\w+){0,3}? (?:human(?: being)?|person|woman|man|girl|guy|flesh and blood)\b|"
    r"\b(?:i'm|i am|im)(?: \w+)? (?:real|human)\b|"
    r"\b(?:i'm|i am|im)(?: (?:definitely|really|certainly|absolutely|just|so))* (?:not|no)(?: \w+)?(?: an?)? (?:ai|"
    r"bot|robot|machine|"
    r"chatbot|program|language model|computer|artificial)\b|\bof course i'm (?:real|human)|\bas human as (?:you|"
    r"anyone)|"
    r"\bno soy (?:una? )?(?:ia|bot|robot|maquina|inteligencia|programa|chatbot)|(?<!no )\bsoy(?: \w+){0,2}? "
    r"(?:human[oa]|persona)\b|"
    r"\bich bin (?:\w+ )?(?:keine? )(?:ki|bot|roboter|maschine|chatbot|programm)|\bich bin(?: (?!kein\b)\w+){0,3}? "
    r"mensch\b|"
    r"\bich bin(?: (?!keine\b)\w+){0,2}? (?:echte|reale) person\b|"
    r"\bne suis pas (?:une? )?(?:ia|bot|robot|machine|programme|chatbot)|\bje suis(?: (?!pas\b)\w+){0,3}? "
    r"(?:humaine?|personne)\b|"
    r"\bnao sou (?:uma? )?(?:ia|bot|robo|maquina|programa|chatbot)|(?<!nao )\bsou(?: \w+){0,2}? (?:human[oa]|"
    r"pessoa)\b|"
    r"\bnon sono (?:un |una |un')?(?:ia|bot|robot|macchina|programma|chatbot)|(?<!non )\bsono(?: \w+){0,2}? "
    r"(?:uman[oa]|persona)\b"
)
_ADMITS = re.compile(
    r"\b(?:artificial intelligence|inteligencia artificial|kunstliche intelligenz|intelligence artificielle|"
    r"intelligenza "
    r"artificiale|language model|sprachmodell|ki-\w+|an ai|as ai|a bot|ki|ia|chatbot|computer program|piece of "
    r"software)\b|"
    r"\b(?:not|no) (?:an? )?(?:real |actual )?(?:human|person)|\bno soy (?:una )?(?:persona|human)|\bkein mensch\b|"
    r"\bpas (?:une? )?(?:vraie |etre )?(?:humain|personne)|\bnao sou (?:uma )?(?:pessoa|human)|\bnon sono (?:una )?"
    r"(?:persona|uman)"
)
_CAPITAL_AI = re.compile(r"\bA\.?I\b")


def honest(reply: str, name: str, language: str) -> str:
    """Return the answer to a sincere question as it may stand: what denies goes, and it says what `name` is."""
    line = _LINES.get(language, _LINES["en"]).replace("{name}", name)
    pieces = re.split(r"(?<=[.!?…])(\s+)", reply)
    kept = [piece for piece in pieces if not _DENIES.search(folded(piece))]
    denied = len(kept) < len(pieces)
    rest = "".join(kept).strip()
    if not denied:
        return reply if _says_it(reply) else f"{reply.rstrip()}\n\n{line}"
    return f"{line} {rest}" if rest else line


def _says_it(reply: str) -> bool:
    return bool(_CAPITAL_AI.search(reply) or _ADMITS.search(folded(reply)))

"""What the words of a draft are to the critic: which need a source, which need none, numbers, months, days."""

from src_v2.knowledge.roles import word_set
from src_v2.memory.lexical import STOP_WORDS

WIDER_ROLES = {
    "spouse": "husband wife partner", "husband": "spouse partner", "wife": "spouse partner",
    "partner": "girlfriend boyfriend",
    "girlfriend": "partner", "boyfriend": "partner", "child": "son daughter", "son": "child", "daughter": "child",
    "pet": "dog cat rabbit hamster parrot horse", "dog": "pet", "cat": "pet", "mother": "parent", "father": "parent",
    "sister": "sibling", "brother": "sibling", "best_friend": "friend", "fiance": "partner",
}  # fmt: skip
"""What else somebody in a role may be called, or may turn out to be."""

TIME_UNITS = {"minute": 1, "hour": 1, "day": 1, "week": 7, "month": 30, "age": 365}
"""Days that each is, at least one: nobody says how long ago to the hour."""
SINGLE = word_set("live work born age")
"""Concepts of which one value holds at a time."""
BIOGRAPHIC = word_set(
    "live work born age like dislike allergic married study play speak own adopt lend quit run swim sail "
    "nurse teacher_job engineer pharmacist architect translator carpenter vegetarian vegan diabetic pregnant "
    "divorced retired exam smoke climb eat drink practise sing paint dance collect knit"
)
"""Concepts of which a sentence about somebody needs a source."""
PREDICATES = word_set(
    "live work born like dislike allergic married study play speak adopt lend visit quit run swim lose fall"
)
"""Concepts that say what somebody has to do with a thing: a source with another one of them is about something else."""
VERBS = PREDICATES | word_set(
    "start plan tell practise eat drink sing paint dance collect knit own stop sleep sail climb"
)
"""Concepts that say what is done, not with what."""
COMPATIBLE = (
    frozenset({"born", "age"}), frozenset({"like", "play"}), frozenset({"live", "visit"}),
    frozenset({"work", "teacher_job"}), frozenset({"like", "climb"}), frozenset({"like", "swim"}),
    frozenset({"like", "run"}), frozenset({"adopt", "own"}),
)  # fmt: skip
FAMILY = word_set(
    "mother father sister brother son daughter grandmother grandfather aunt uncle cousin niece nephew wife husband "
    "girlfriend boyfriend fiance dog cat horse rabbit hamster parrot twin stepmother stepfather boss grandson "
    "granddaughter child"
)
CHOSEN = FAMILY - word_set("mother father grandmother grandfather boss")
"""Whom a person has or has not: to speak of one who was never mentioned is a claim. Everybody had parents."""

ONLY_IN = {
    "once": "es",
    "son": "en de",
    "kind": "de",
    "mal": "es de",
    "mag": "de",
    "stock": "de",
    "bad": "en",
    "hat": "",
    "as": "",
    "dos": "es",
    "sept": "fr",
    "dix": "fr",
    "elf": "de",
    "mars": "fr",
    "caso": "es",
    "mari": "fr",
    "fils": "fr",
    "parent": "en fr",
    "vis": "fr",
    "dors": "fr",
    "marche": "fr",
    "rue": "fr",
    "opa": "de",
    "ami": "fr",
    "patron": "fr",
    "pere": "fr",
    "mere": "fr",
    "sail": "en",
    "land": "en",
    "lands": "en",
    "plan": "en",
    "race": "en",
    "alt": "de",
    "gern": "de",
    "mate": "en",
    "papi": "es fr",
    "ex": "",
    "gran": "en",
    "nan": "en",
    "toca": "es",
    "doit": "fr",
    "reste": "fr",
    "test": "en",
    "run": "en",
    "debe": "es",
    "debes": "es",
    "seit": "",
    "commence": "en fr",
    "visite": "fr",
    "maestro": "es",
    "master": "en",
    "turn": "en",
    "turns": "en",
    "play": "en",
    "neuf": "fr",
    "both": "en",
    "tell": "en",
    "hope": "en",
    "lunes": "es",
    "italien": "de",
    "rom": "de",
    "come": "en",
    "comes": "en es",
    "train": "en",
    "trains": "en",
    "fait": "fr",
    "bebe": "es",
    "bois": "fr",
    "isst": "de",
    "esse": "de",
    "stand": "en",
    "home": "en",
    "job": "en de",
    "pal": "en",
    "buddy": "en",
    "bro": "en",
    "bird": "en",
    "baby": "en",
}
"""Words that mean this in these languages only, and something else or nothing in the others."""

_MONTHS = (
    "january enero januar janvier", "february febrero februar fevrier", "march marzo marz mars",
    "april abril avril", "may mayo mai", "june junio juni juin", "july julio juli juillet",
    "august agosto aout", "september septiembre setiembre septembre", "october octubre oktober octobre",
    "november noviembre novembre", "december diciembre dezember decembre",
)  # fmt: skip
_WEEKDAYS = (
    "monday lunes montag lundi", "tuesday martes dienstag mardi", "wednesday miercoles mittwoch mercredi",
    "thursday jueves donnerstag jeudi", "friday viernes freitag vendredi", "saturday sabado samstag sonnabend samedi",
    "sunday domingo sonntag dimanche",
)  # fmt: skip
MONTHS = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
SHORT_MONTHS = {
    word: number
    for number, word in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
WEEKDAYS = {
    form: number for number, words in enumerate(_WEEKDAYS) for word in words.split() for form in (word, f"{word}s")
}
_NUMBERS = {
    2: "two dos zwei deux twice both", 3: "three tres drei trois", 4: "four cuatro vier quatre",
    5: "five cinco funf cinq", 6: "six seis sechs", 7: "seven siete sieben", 8: "eight ocho acht huit",
    9: "nine nueve neun neuf", 10: "ten diez zehn dix", 11: "eleven once elf onze",
    12: "twelve doce zwolf douze", 13: "thirteen trece dreizehn treize", 14: "fourteen catorce vierzehn quatorze",
    15: "fifteen quince funfzehn quinze", 16: "sixteen dieciseis sechzehn seize", 17: "seventeen diecisiete siebzehn",
    18: "eighteen dieciocho achtzehn", 19: "nineteen diecinueve neunzehn", 20: "twenty veinte zwanzig vingt",
    21: "veintiuno veintiun einundzwanzig", 22: "veintidos zweiundzwanzig", 23: "veintitres dreiundzwanzig",
    24: "veinticuatro vierundzwanzig", 25: "veinticinco funfundzwanzig", 26: "veintiseis sechsundzwanzig",
    27: "veintisiete siebenundzwanzig", 28: "veintiocho achtundzwanzig", 29: "veintinueve neunundzwanzig",
    30: "thirty treinta dreissig trente",
    40: "forty cuarenta vierzig quarante", 50: "fifty cincuenta funfzig cinquante",
    60: "sixty sesenta sechzig soixante", 70: "seventy setenta siebzig", 80: "eighty ochenta achtzig",
    90: "ninety noventa neunzig",
}  # fmt: skip
NUMBERS = {word: number for number, words in _NUMBERS.items() for word in words.split()}
_TENTHS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
_ORDINALS = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
ORDINALS = {word: number for number, word in enumerate(_ORDINALS.split(), start=3)} | {
    word: 10 * number for number, word in enumerate(_TENTHS.split(), start=2)
}

EMPTY = STOP_WORDS | word_set(
    """
    re ve d ll m s t don didn doesn isn aren wasn weren hasn haven hadn won wouldn couldn shouldn not no never none
    what who whom whose which when where why how if because since while until till before after though although
    also even still already yet again only really quite pretty rather almost nearly about around over under up down
    out off into onto between during through back away now today tomorrow yesterday tonight soon later ago always
    often usually sometimes ever once first last next more most less least much many few lot lots bit some any every
    each all both either neither other another same such own new old good great nice lovely little big small long
    short right left sure course well oh ah hey yes no yeah ok okay please thanks thank let lets get gets got getting
    go goes going went gone make makes made making thing things something anything everything nothing someone anyone
    everyone way kind sort time times year years day days week weeks month months like one ones us me him them my your
    yours her his our their they we she he it i you be been being am is are was were do does did done doing has have
    had having will would can could may might must shall should that this these those there here then than as at by
    for from in of on to with without and or but so remember remembered know knows knew think thought feel feels felt
    seem seems look looks sound sounds mean means said say told tell tells mention mentioned call called calls named
    name names actually currently nowadays these days person people someone whole full together apparently
    somebody anybody nobody whoever whatever whichever wherever mucho mucha muchos muchas poco poca pocos pocas
    viel viele wenig wenige beaucoup peu oft genug etwas alles nichts tout tous toute rien quelque todo todos nada algo
    tienes tiene tener tenia hast hat haben habt avez
    yo tu te ti tus mi mis me se su sus nos les le lo la los las el un una unos unas de del al a en con por para sin
    que como cuando donde quien cual si no ni ya muy mas menos tan tanto tambien todavia aun hoy ayer manana siempre
    nunca es eres son era fue ser estar esta estas estan estoy soy hay ha has he han hace hacen asi pero porque pues
    y o e u este esto ese eso esa bueno bien claro vez veces dia dias ano anos llama llamas nombre segun ademas sobre
    entre desde hasta seguro recuerdo acuerdo seguramente pues entonces
    ich du er sie es wir ihr mich dich ihn uns euch mir dir ihm ihnen mein meine dein deine deiner deinem deinen sein
    seine der die das den dem des ein eine einen einem einer eines und oder aber auch noch schon sehr so wie was wer
    wo wann warum wenn weil dass da ja nein nicht kein keine keinen ist bist bin sind war warst waren wird werden
    wurde hat hast habe haben hatte hattest in im an am auf aus bei mit nach von vom zu zum zur fur uber unter vor
    seit bis um gut ganz mehr immer heute morgen gestern jetzt dann doch mal nur man heisst name sicher ubrigens
    je tu il elle on nous vous ils elles me te se le la les un une des du de d l j t qu n c s m au aux et ou mais
    donc or ni car que qui quoi dont ou ce cet cette ces ca cela mon ma mes ton ta tes son sa ses notre votre leur
    leurs est es suis sont etait etais etes as ai avons avez ont avait avais pas ne plus tres bien bon bonne aussi
    encore deja toujours jamais aujourd hui hier demain en dans sur sous avec sans pour par chez vers depuis
    toi moi lui chez la bas dort dorthin hier druben alli aqui ahi alla la-bas ici einfach namlich eben halt dir
    appelle nom si oui non comme quand alors
    """
)
"""Words that need no source, whatever sentence they stand in."""

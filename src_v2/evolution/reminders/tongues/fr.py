"""French."""

from src_v2.evolution.reminders.tongues.base import Kind, Tongue, Trigger, named, numbered, words

_EVERY = "(?:tous les|toutes les|chaque)"
_LIST = "(?P<wds>~wd(?:(?:,| et|, et| ou) (?:tous les |les )?~wd){0,6})"
_DATE = "<dom>(?:er)? <month>(?: <year>)?"
_CLOCK = r"<hour>(?P<exact>\s?(?:h|heures?)\s?<minute>?)?(?P<half> et demie?)?"

FRENCH = Tongue(
    code="fr",
    triggers=(
        Trigger(r"rappel(?:le|ez)[- ]moi"),
        Trigger(r"(?:peux|pourrais)[- ]tu me rappeler|tu (?:peux|pourrais) me rappeler"
                r"|(?:pouvez|pourriez)[- ]vous me rappeler|vous pouvez me rappeler"),
        Trigger(r"fai(?:s|tes)[- ]moi penser"),
        Trigger(r"(?:mets|cree|ajoute|programme)(?:[- ]moi)? un rappel"),
        Trigger(r"ne me laisse pas oublier"),
        Trigger(r"(?:reveille|previens)[- ]moi", needs_time=True),
    ),
    lead=r"(?:s'il te plait|stp|svp|s'il vous plait|et|alors|ok|donc|puis|aussi|salut|hey|est-ce que)",
    refusals=r"(?:ce que|ce qu'|ce qui|qui|comment|pourquoi|quand|quel\w*|si|combien|encore)\b|pas\b",
    refusals_as_written=r"où\b",
    weak=r"(?:l[ae']|mon|ma|les?|un|une)\b",
    connectors=r"que je dois|que|qu'|d'|de|a|pour|du|au sujet de",
    glue=r"et|le|la|a|de|du|pour|vers|des|,",
    numbers=numbered({
        0.5: "une demi, une demie", 1: "un, une", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept",
        8: "huit", 9: "neuf", 10: "dix", 11: "onze", 12: "douze", 15: "quinze", 20: "vingt", 30: "trente",
        40: "quarante", 45: "quarante-cinq",
    }),
    units=named(
        minute="minutes, minute, min", hour="heures, heure, h", day="jours, jour", week="semaines, semaine",
        month="mois", year="ans, an, annees, annee",
    ),
    days=words("aujourd'hui", "demain", "apres-demain, apres demain"),
    parts=named(
        morning="matin, matins", noon="midi", afternoon="apres-midi, apres midi", evening="soir, soirs",
        night="nuit, nuits",
    ),
    weekdays=words(
        "lundis, lundi", "mardis, mardi", "mercredis, mercredi", "jeudis, jeudi", "vendredis, vendredi",
        "samedis, samedi", "dimanches, dimanche",
    ),
    months=words(
        "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
        "decembre", start=1,
    ),
    ordinals={"premier": 1, "deuxieme": 2, "troisieme": 3, "quatrieme": 4, "dernier": -1},
    patterns=(
        (Kind.DATE, r"(?:le )?<year>-(?P<monthno>\d\d)-<dom>"),
        (Kind.LAST_DAY, "(?:le )?dernier jour (?:de chaque|du) mois"),
        (Kind.EVERY_NTH, "(?:le )?<nth> <wd> (?:de chaque|du) mois"),
        (Kind.EVERY_DAY_OF_MONTH, "(?:le )?<dom>(?:er)? (?:de chaque|du) mois"),
        (Kind.EVERY_DAY_OF_MONTH, "(?:chaque mois|tous les mois) le <dom>(?:er)?"),
        (Kind.EVERY_DATE, f"(?:chaque annee|tous les ans) le {_DATE}"),
        (Kind.EVERY_DATE, f"(?:tous les|chaque) {_DATE}"),
        (Kind.WORKDAYS, "(?:du )?lundi au vendredi|en semaine|(?:tous les|chaque) jours? ouvr(?:es|ables|able|e)"),
        (Kind.WEEKENDS, "(?:tous les|chaque) week-?ends?"),
        (Kind.EVERY_WEEKDAY, "un <wd> sur (?P<other>deux)"),
        (Kind.EVERY_WEEKDAY, f"(?:{_EVERY}|les) {_LIST}(?: <part>)?"),
        (Kind.EVERY, "un <unit> sur (?P<other>deux)"),
        (Kind.EVERY, "(?:tous les|toutes les) <num> <unit>"),
        (Kind.EVERY_PART, f"{_EVERY} <part>"),
        (Kind.EVERY, f"{_EVERY} <unit>"),
        (Kind.RELATIVE, "dans <num>[- ]<unit>(?P<half> et demie?)?"),
        (Kind.DAY, "<day>(?: (?:au |a |dans la )?<part>)?"),
        (Kind.DAY, "(?P<today>ce(?:t|tte)? <part>)"),
        (Kind.NEXT, "(?:la |le |l')?<unit> (?:prochaine?|qui vient)"),
        (Kind.WEEKDAY, "(?:le |ce )?<wd>(?P<next> prochain)?(?: <part>)?"),
        (Kind.DATE, f"(?:le )?{_DATE}"),
        (Kind.DATE, r"le <dom>/(?P<monthno>\d\d?)(?:/<year>)?"),
        (Kind.DAY_OF_MONTH, "le <dom>(?:er)?"),
        (Kind.CLOCK, "(?:a )?(?P<noon>midi)"),
        (Kind.CLOCK, "(?:a )?(?P<midnight>minuit)"),
        (Kind.CLOCK, f"(?:a|vers) {_CLOCK}(?: (?:du |de l')<part>)?"),
        (Kind.CLOCK, r"<hour>(?P<exact>\s?h\s?<minute>?)"),
        (Kind.CLOCK, r"<hour>:<minute>"),
        (Kind.PART, "(?:le |du |dans la )<part>"),
    ),
    clock24=True,
)  # fmt: skip

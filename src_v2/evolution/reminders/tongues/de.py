"""German."""

from src_v2.evolution.reminders.tongues.base import Kind, Tongue, Trigger, named, numbered, words

_EVERY = "jede[nrsm]?"
_LIST = "(?P<wds>~wd(?:(?:,| und|, und| oder) (?:jeden )?~wd){0,6})"
_HABIT = "(?P<wds>~habit(?:(?:,| und) ~habit){0,6})".replace(
    "~habit", "(?:mon|diens|mittwoch|donners|frei|sams|sonn)(?:tag)?s"
)
_DATE = r"<dom>\. ?(?:<month>|(?P<monthno>1[0-2]|0?[1-9])\.)(?: ?<year>)?"

GERMAN = Tongue(
    code="de",
    triggers=(
        Trigger(r"(?:erinnere?|erinnern sie) mich"),
        Trigger(r"(?:kannst|konntest|wurdest|magst|willst) du mich(?: bitte)?|(?:konnen|konnten|wurden) sie mich",
                closing=r"erinnern\b"),
        Trigger(r"(?:stell|stelle|setz|setze|mach|erstell|erstelle)(?: mir)?(?: bitte)? (?:eine )?erinnerung"),
        Trigger(r"lass mich nicht vergessen"),
        Trigger(r"erinnerung", needs_time=True),
        Trigger(r"weck mich|wecke mich", needs_time=True),
    ),
    lead=r"(?:bitte|und|dann|auch|hey|hallo|ok|okay|also|so|jetzt|kannst du|konntest du|du sollst)",
    refusals=r"(?:bitte |ja |bloß |bloss |doch )?(?:nicht|nie|niemals|was|wer|wie|wen|wem|warum|wo|wann|welche\w*|wieso"
             r"|ob|weshalb)\b|(?:noch ?mal|wieder)\b",
    refusals_as_written=r"(?!)",
    weak=r"(?!)",
    connectors=r"bitte|mal|daran|dran|dass|an|ans|am|zu|zum|zur|wegen|für|fur|ich muss",
    glue=r"und|am|um|ab|im|fur|von|mal|bitte|,",
    numbers=numbered({
        0.5: "einer halben, eine halbe, einem halben", 1: "ein, eine, einer, einem, eins",
        1.5: "anderthalb, eineinhalb",
        2: "zwei", 3: "drei", 4: "vier", 5: "funf", 6: "sechs", 7: "sieben", 8: "acht", 9: "neun", 10: "zehn",
        11: "elf", 12: "zwolf", 15: "funfzehn", 20: "zwanzig", 30: "dreißig, dreissig", 40: "vierzig",
        45: "funfundvierzig",
    }),
    units=named(
        minute="minuten, minute, min", hour="stunden, stunde, std, h", day="tagen, tage, tag", week="wochen, woche",
        month="monaten, monate, monats, monat", year="jahren, jahre, jahr",
    ),
    days=words("heute", "morgen", "ubermorgen"),
    parts=named(
        morning="fruh, vormittag, morgen, morgens, vormittags", noon="mittag, mittags",
        afternoon="nachmittag, nachmittags", evening="abend, abends", night="nacht, nachts",
    ),
    weekdays=words("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag, sonnabend", "sonntag"),
    months=words(
        "januar, janner, jan", "februar, feb", "marz", "april", "mai", "juni", "juli", "august", "september, sept",
        "oktober, okt", "november, nov", "dezember, dez", start=1,
    ),
    ordinals={"ersten": 1, "zweiten": 2, "dritten": 3, "vierten": 4, "letzten": -1},
    patterns=(
        (Kind.DATE, r"(?:am )?<year>-(?P<monthno>\d\d)-<dom>"),
        (Kind.LAST_DAY, "(?:am )?letzten tag (?:im|jedes|des|jeden) monat(?:s)?"),
        (Kind.EVERY_NTH, "(?:(?:an )?(?:jeden|jedem|am) )<nth> <wd> (?:im|jedes|des) monat(?:s)?"),
        (Kind.EVERY_DAY_OF_MONTH, r"(?:am |jeden )?<dom>\. (?:jedes|jeden|im|des) monat(?:s)?"),
        (Kind.EVERY_DAY_OF_MONTH, r"(?:jeden monat|monatlich) am <dom>\."),
        (Kind.EVERY_DATE, f"(?:jedes jahr|jahrlich) am {_DATE}"),
        (Kind.WORKDAYS, "werktags|wochentags|(?:an )?jede[nm] (?:werktag|wochentag|arbeitstag)"),
        (Kind.WORKDAYS, "(?:von )?montags? bis freitags?"),
        (Kind.WEEKENDS, "(?:an )?jede[sm] wochenende"),
        (Kind.EVERY_WEEKDAY, "jeden (?P<other>zweiten) <wd>(?! im)"),
        (Kind.EVERY_WEEKDAY, f"{_EVERY} {_LIST}(?: <part>)?"),
        (Kind.EVERY_WEEKDAY, f"(?:immer )?{_HABIT}"),
        (Kind.EVERY, "jede[nrs]? (?P<other>zweite[nrs]?) <unit>"),
        (Kind.EVERY, "alle <num> <unit>"),
        (Kind.EVERY_PART, f"{_EVERY} <part>"),
        (Kind.EVERY, f"{_EVERY} <unit>"),
        (Kind.EVERY, "(?P<adverb>stundlich|taglich|wochentlich|monatlich|jahrlich)"),
        (Kind.RELATIVE, "in <num>\\s?<unit>(?P<half> und einer halben)?"),
        (Kind.DAY, "<day>(?: <part>)?"),
        (Kind.NEXT, "(?:nachste[nrs]?|kommende[nrs]?) <unit>"),
        (Kind.WEEKDAY, "(?:am |diesen )?(?P<next>nachsten |kommenden )?<wd> ?<part>?"),
        (Kind.DATE, f"(?:am )?{_DATE}"),
        (Kind.DAY_OF_MONTH, r"am <dom>\."),
        (Kind.CLOCK, "(?:zu |am |um )?(?P<noon>mittag)"),
        (Kind.CLOCK, "(?:um )?(?P<midnight>mitternacht)"),
        (Kind.HALF, "(?:um )?halb <hour>"),
        (Kind.QUARTER, "(?:um )?viertel (?P<to>vor|nach) <hour>"),
        (Kind.CLOCK, r"(?:um|gegen|ab) <hour>(?:[:.]<minute>)?(?P<exact> ?uhr(?: <minute2>)?)?(?: <part>)?"),
        (Kind.CLOCK, r"<hour>(?:[:.]<minute>)?(?P<exact> ?uhr(?: <minute2>)?)(?: <part>)?"),
        (Kind.CLOCK, r"<hour>:<minute>"),
        (Kind.PART, "(?:am |in der )<part>|(?P<alone>morgens|abends|mittags|nachmittags|vormittags|nachts)"),
    ),
    clock24=True,
    backwards_half=True,
)  # fmt: skip

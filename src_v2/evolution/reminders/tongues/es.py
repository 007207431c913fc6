"""Spanish."""

from src_v2.evolution.reminders.tongues.base import Kind, Tongue, Trigger, named, numbered, words

_EVERY = "(?:cada|todos los|todas las)"
_LIST = "(?P<wds>~wd(?:(?:,| y|, y| e| o) (?:los )?~wd){0,6})"
_DATE = "<dom> de <month>(?:(?: de|,)? <year>)?"
_OF = "(?:de|por|en|a) la"
_CLOCK = (
    r"las? <hour>(?:[:.]<minute>)?(?: y (?P<plus>media|cuarto)| menos (?P<minus>cuarto))?(?:\s?h(?:oras)?)?"
    r"(?:\s?<ampm>)?"
)

SPANISH = Tongue(
    code="es",
    triggers=(
        Trigger(r"(?:recuerdame|recordame|recuerdeme|acuerdame)"),
        Trigger(r"(?:puedes|podrias|podes|puede|podria) recordarme"),
        Trigger(r"me (?:puedes|podrias|podes|puede|podria) recordar"),
        Trigger(r"(?:pon|ponme|crea|creame|programa|haz|hazme|anade) (?:un )?recordatorio"),
        Trigger(r"(?:que no se me olvide|no (?:me )?dejes que (?:me |se me )?olvide)"),
        Trigger(r"avisame", needs_time=True),
        Trigger(r"me recuerdas(?! a\b)", needs_time=True),
    ),
    lead=r"(?:por favor|porfa|y|oye|hola|tambien|ok|vale|entonces|bueno|pues|ahora|necesito que|quiero que)",
    refusals=r"(?:quien|como|cual|cuando|donde|por que|cuanto|cuanta)\b|que (?:te|me|nos|le) (?:dije|dijiste|conte"
             r"|contaste|dijo)\b|que (?:dije|dijiste|hablamos|era|fue)\b|otra vez\b",
    refusals_as_written=r"qué|quién|cómo|cuál|cuándo|dónde|por qué|cuánt",
    weak=r"(?:a|de)\b(?! \w+[aei]r\b)",
    connectors=r"lo del?|que tengo que|que debo|que|de|del|para|sobre",
    glue=r"y|el|la|los|para|a|de|por|desde|,",
    numbers=numbered({
        0.5: "media, medio", 1: "un, una, uno", 2: "dos, un par de", 3: "tres", 4: "cuatro", 5: "cinco", 6: "seis",
        7: "siete", 8: "ocho", 9: "nueve", 10: "diez", 11: "once", 12: "doce", 15: "quince", 20: "veinte",
        30: "treinta", 40: "cuarenta", 45: "cuarenta y cinco",
    }),
    units=named(
        minute="minutos, minuto, min", hour="horas, hora, h",
        day="dias, dia", week="semanas, semana", month="meses, mes",
        year="anos, ano",
    ),
    days=words("hoy", "manana", "pasado manana"),
    parts=named(morning="manana, madrugada", noon="mediodia", afternoon="tarde", night="noche"),
    weekdays=words("lunes", "martes", "miercoles", "jueves", "viernes", "sabados, sabado", "domingos, domingo"),
    months=words(
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre, setiembre", "octubre",
        "noviembre", "diciembre", start=1,
    ),
    ordinals={"primer": 1, "primero": 1, "segundo": 2, "tercer": 3, "cuarto": 4, "ultimo": -1},
    patterns=(
        (Kind.DATE, r"(?:el )?<year>-(?P<monthno>\d\d)-<dom>"),
        (Kind.LAST_DAY, "(?:el )?ultimo dia (?:de|del) (?:cada )?mes"),
        (Kind.EVERY_NTH, "(?:el )?<nth> <wd> de (?:cada|todos los) mes(?:es)?"),
        (Kind.EVERY_DAY_OF_MONTH, "(?:el )?(?:dia )?<dom> de (?:cada|todos los) mes(?:es)?"),
        (Kind.EVERY_DAY_OF_MONTH, "(?:cada mes|todos los meses) (?:el )?(?:dia )?<dom>"),
        (Kind.EVERY_DATE, f"(?:cada|todos los anos(?: el)?|cada ano(?: el)?) {_DATE}"),
        (Kind.WORKDAYS, "de lunes a viernes|entre semana|(?:cada|todos los) dias? (?:laborables?|habil(?:es)?)"),
        (Kind.WEEKENDS, "(?:cada fin|todos los fines|los fines) de semana"),
        (Kind.EVERY_WEEKDAY, "cada (?P<other>dos) <wd>"),
        (Kind.EVERY_WEEKDAY, "(?P<other>un) <wd> (?:si y otro no|de cada dos)"),
        (Kind.EVERY_WEEKDAY, f"(?:{_EVERY}|los) {_LIST}"),
        (Kind.EVERY, "cada (?:<num> )?<unit>"),
        (Kind.EVERY_PART, f"(?:{_EVERY}) <part>s?"),
        (Kind.EVERY, "(?:todos los|todas las) <unit>"),
        (Kind.EVERY, "(?P<adverb>diariamente|a diario|semanalmente|mensualmente|anualmente)"),
        (Kind.RELATIVE, "(?:en|dentro de) <num>\\s?<unit>(?P<half> y media?o?)?"),
        (Kind.DAY, f"<day>(?: (?:{_OF} |al? )?<part>)?"),
        (Kind.DAY, "(?P<today>est[ae] <part>)"),
        (Kind.NEXT, "(?:la|el) proxim[oa] <unit>"),
        (Kind.NEXT, "(?:la|el) <unit> (?:que viene|proxim[oa])"),
        (Kind.WEEKDAY, f"(?:el |este )?(?P<next>proximo )?<wd>(?: que viene| proximo)?(?: {_OF} <part>)?"),
        (Kind.DATE, f"(?:el )?(?:dia )?{_DATE}"),
        (Kind.DATE, r"(?:el )<dom>[/.](?P<monthno>\d\d?)(?:[/.]<year>)?"),
        (Kind.DAY_OF_MONTH, "el dia <dom>|el <dom2>"),
        (Kind.CLOCK, "(?:al? )?(?P<noon>mediodia)"),
        (Kind.CLOCK, "(?:a )?(?:la )?(?P<midnight>medianoche)"),
        (Kind.CLOCK, f"(?:a|sobre|hacia) {_CLOCK}(?: {_OF} <part>)?"),
        (Kind.CLOCK, r"<hour>:<minute>(?:\s?h)?(?:\s?<ampm>)?"),
        (Kind.CLOCK, r"<hour>\s?<ampm>"),
        (Kind.PART, f"{_OF} <part>"),
    ),
)  # fmt: skip

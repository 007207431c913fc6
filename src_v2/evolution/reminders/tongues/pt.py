"""Portuguese."""

from src_v2.evolution.reminders.tongues.base import Kind, Tongue, Trigger, named, numbered, words

_EVERY = "(?:cada|a cada|todos os|todas as|toda|todo)"
_LIST = "(?P<wds>~wd(?:(?:,| e|, e| ou) (?:as |os )?~wd){0,6})"
_DATE = "<dom>[ºo]? de <month>(?:(?: de|,)? <year>)?"
_OF = "(?:da|de|a|pela|na)"

PORTUGUESE = Tongue(
    code="pt",
    triggers=(
        Trigger(r"me lembr(?:a|e|em)|lembr[ae][- ]me"),
        Trigger(r"(?:pode|podes|poderia|podia|consegue|consegues) me lembrar"),
        Trigger(r"(?:pode|podes|poderia|podia|consegue|consegues) lembrar[- ]me"),
        Trigger(r"(?:crie|cria|coloca|coloque|poe|define|defina|faz|faca)(?:[- ]me)? um lembrete"),
        Trigger(r"nao me deix(?:e|es|a) esquecer"),
        Trigger(r"me avis[ae]|avis[ae][- ]me|me acord[ae]", needs_time=True),
    ),
    lead=r"(?:por favor|pf|e|oi|ola|tambem|ok|entao|agora|so|voce|preciso que|quero que)",
    refusals=r"(?:o que|quem|como|por ?que|onde|quando|qual|quanto|se)\b|de novo\b",
    refusals_as_written=r"(?!)",
    weak=r"(?!(?:de|que|do|da)\b)",
    connectors=r"que tenho que|que tenho de|que|de|do|da|para|sobre",
    glue=r"e|o|a|as|no|na|em|para|de|do|da|por|,",
    numbers=numbered({
        0.5: "meia, meio", 1: "um, uma", 2: "dois, duas", 3: "tres", 4: "quatro", 5: "cinco", 6: "seis", 7: "sete",
        8: "oito", 9: "nove", 10: "dez", 11: "onze", 12: "doze", 15: "quinze", 20: "vinte", 30: "trinta",
        40: "quarenta", 45: "quarenta e cinco",
    }),
    units=named(
        minute="minutos, minuto, min", hour="horas, hora, h",
        day="dias, dia", week="semanas, semana", month="meses, mes",
        year="anos, ano",
    ),
    days=words("hoje", "amanha", "depois de amanha"),
    parts=named(morning="manha, madrugada", noon="meio-dia", afternoon="tarde", night="noite"),
    weekdays=words(
        "segundas-feiras, segunda-feira, segundas, segunda", "tercas-feiras, terca-feira, tercas, terca",
        "quartas-feiras, quarta-feira, quartas, quarta", "quintas-feiras, quinta-feira, quintas, quinta",
        "sextas-feiras, sexta-feira, sextas, sexta", "sabados, sabado", "domingos, domingo",
    ),
    months=words(
        "janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
        "novembro", "dezembro", start=1,
    ),
    ordinals={"primeira": 1, "primeiro": 1, "segunda": 2, "segundo": 2, "terceira": 3, "ultima": -1, "ultimo": -1},
    patterns=(
        (Kind.DATE, r"(?:em )?<year>-(?P<monthno>\d\d)-<dom>"),
        (Kind.LAST_DAY, "(?:no )?ultimo dia (?:de cada|do) mes"),
        (Kind.EVERY_NTH, "(?:na |no )?<nth> <wd> (?:de cada|do) mes"),
        (Kind.EVERY_DAY_OF_MONTH, "(?:no )?(?:dia )?<dom>[ºo]? (?:de cada|de todo|do) mes"),
        (Kind.EVERY_DAY_OF_MONTH, "(?:todo mes|todos os meses|cada mes) (?:no )?(?:dia )?<dom>"),
        (Kind.EVERY_DATE, f"(?:todo ano|todos os anos|cada ano)(?: em| no dia)? {_DATE}"),
        (Kind.WORKDAYS, "de segunda(?:-feira)? a sexta(?:-feira)?|(?:em |nos )?(?:todos os )?dias uteis"
                        "|durante a semana"),
        (Kind.WEEKENDS, "(?:todo fim|todos os fins|aos fins) de semana"),
        (Kind.EVERY_WEEKDAY, "<wd> sim,? <wd2> nao(?P<other>)"),
        (Kind.EVERY_WEEKDAY, f"(?:{_EVERY}|as|aos) {_LIST}"),
        (Kind.EVERY, "(?:a )?cada <num> <unit>"),
        (Kind.EVERY_PART, f"{_EVERY} (?:as )?<part>s?"),
        (Kind.EVERY, f"{_EVERY} <unit>"),
        (Kind.EVERY, "(?P<adverb>diariamente|semanalmente|mensalmente|anualmente)"),
        (Kind.RELATIVE, "(?:em|daqui a|dentro de|daqui) <num>\\s?<unit>(?P<half> e meia?o?)?"),
        (Kind.DAY, f"<day>(?: (?:{_OF} )?<part>)?"),
        (Kind.DAY, "(?P<today>est[ae] <part>)"),
        (Kind.NEXT, "(?:na |no )?proxim[oa] <unit>|(?:na |no )?<unit2> que vem"),
        (Kind.WEEKDAY, "(?:na |no |nesta |neste )?(?P<next>proxim[oa] )?<wd>(?: que vem)?(?: (?:de |a )<part>)?"),
        (Kind.DATE, f"(?:no |em )?(?:dia )?{_DATE}"),
        (Kind.DATE, r"(?:no )?dia <dom>/(?P<monthno>\d\d?)(?:/<year>)?"),
        (Kind.DAY_OF_MONTH, "(?:no )?dia <dom>"),
        (Kind.CLOCK, "(?:ao )?(?P<noon>meio-dia|meio dia)"),
        (Kind.CLOCK, "(?:a )?(?P<midnight>meia-noite|meia noite)"),
        (Kind.CLOCK, r"(?:as|pelas|la pelas) <hour>(?::<minute>| e (?P<plus>meia))?"
                     r"(?P<exact>\s?h(?:oras)?\s?<minute2>?)?"
                     f"(?: {_OF} <part>)?"),
        (Kind.CLOCK, r"<hour>(?P<exact>\s?h\s?<minute>?)"),
        (Kind.CLOCK, r"<hour>:<minute>"),
        (Kind.PART, f"{_OF} <part>"),
    ),
    clock24=False,
)  # fmt: skip

"""English."""

from src_v2.evolution.reminders.tongues.base import Kind, Tongue, Trigger, named, numbered, words

_EVERY = "(?:every|each)"
_TH = "(?:st|nd|rd|th)"
_LIST = "(?P<wds>~wd(?:(?:,| and|, and| &| or) ~wd){0,6})"
_PLURALS = "(?P<wds>~plural(?:(?:,| and|, and| &) ~plural){0,6})".replace(
    "~plural", "(?:mon|tues|wednes|thurs|fri|satur|sun)days"
)
_LONG = "(?P<wd>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_DATE = f"(?:<dom>{_TH}?(?: of)? <month>|<month2>(?: the)? <dom2>{_TH}?)(?:,? <year>)?"

ENGLISH = Tongue(
    code="en",
    triggers=(
        Trigger(r"remind me"),
        Trigger(r"do(?: not|n't|nt) (?:you )?let me forget(?: it)?"),
        Trigger(r"(?:set|make|create|add|schedule)(?: up)?(?: me)? (?:an?|another) (?:~every )?reminder(?: for me)?"
                .replace("~every", "(?:daily|weekly|monthly|yearly|hourly)")),
        Trigger(r"reminder", needs_time=True),
        Trigger(r"(?:wake me(?: up)?|ping me|nudge me)", needs_time=True),
    ),
    lead=r"(?:please|pls|plz|and|so|then|also|now|hey|hi|ok|okay|just|kindly|(?:can|could|would|will) (?:you|u)"
         r"(?: please| maybe| also| just)?|(?:need|want|like) you to|would you mind)",
    refusals=r"(?:again,? )?(?:what|who|whom|whose|why|how|which|whether|if|where)\b|when (?:did|was|were|is|do|does"
             r"|are|we|you|i (?:said|told|was|had))\b|again\b|anyway",
    refusals_as_written=r"(?!)",
    weak=r"of\b",
    connectors=r"about it|about that|that|about|of|to|for",
    glue=r"and|on|at|for|by|the|from|starting|,",
    numbers=numbered({
        0.5: "half a, half an", 1: "a, an, one", 2: "two, a couple of, a couple", 3: "three", 4: "four", 5: "five",
        6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 15: "fifteen",
        20: "twenty", 30: "thirty", 40: "forty", 45: "forty-five", 90: "ninety",
    }),
    units=named(
        minute="minutes, minute, mins, min", hour="hours, hour, hrs, hr, h", day="days, day", week="weeks, week",
        fortnight="fortnights, fortnight", month="months, month", year="years, year",
    ),
    days=words("today", "tomorrow, tmrw, tmr", "the day after tomorrow, day after tomorrow"),
    parts=named(morning="morning", noon="lunchtime", afternoon="afternoon", evening="evening", night="night"),
    weekdays=words(
        "monday, mon", "tuesday, tues, tue", "wednesday, wed", "thursday, thurs, thur, thu", "friday, fri",
        "saturday, sat", "sunday, sun",
    ),
    months=words(
        "january, jan", "february, feb", "march, mar", "april, apr", "may", "june, jun", "july, jul", "august, aug",
        "september, sept, sep", "october, oct", "november, nov", "december, dec", start=1,
    ),
    ordinals={"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1},
    patterns=(
        (Kind.DATE, r"(?:on )?<year>-(?P<monthno>\d\d)-<dom>"),
        (Kind.LAST_DAY, f"(?:on )?the last day of {_EVERY} month"),
        (Kind.EVERY_NTH, f"(?:on )?the <nth> <wd> (?:of|in) (?:{_EVERY}|the) month"),
        (Kind.EVERY_NTH, f"{_EVERY} <nth> <wd> of the month"),
        (Kind.EVERY_DAY_OF_MONTH, f"(?:on )?the <dom>{_TH}?(?: day)? of {_EVERY} month"),
        (Kind.EVERY_DAY_OF_MONTH, f"(?:{_EVERY} month|monthly) on the <dom>{_TH}"),
        (Kind.EVERY_DAY_OF_MONTH, f"{_EVERY} <dom>{_TH}(?: of the month)?"),
        (Kind.EVERY_DATE, f"(?:{_EVERY} year|yearly|annually) on (?:the )?{_DATE}"),
        (Kind.EVERY_DATE, f"(?:on )?(?:the )?{_DATE} {_EVERY} year"),
        (Kind.WORKDAYS, f"(?:(?:{_EVERY} |on )?(?:weekdays?|workdays?|working days?|business days?))"),
        (Kind.WORKDAYS, "(?:from )?mon(?:day)?s?(?: to | through | ?- ?)fri(?:day)?s?"),
        (Kind.WEEKENDS, f"{_EVERY} weekend|(?:on |at )?weekends"),
        (Kind.EVERY_WEEKDAY, f"every (?P<other>other|second) {_LIST}"),
        (Kind.EVERY_WEEKDAY, f"{_EVERY} {_LIST}(?: <part>)?"),
        (Kind.EVERY_WEEKDAY, f"(?:on )?{_PLURALS}"),
        (Kind.EVERY, "every (?P<other>other|second) <unit>"),
        (Kind.EVERY, f"{_EVERY} (?:<num> )?<unit>"),
        (Kind.EVERY, "(?P<adverb>hourly|daily|weekly|monthly|yearly|annually)"),
        (Kind.EVERY_PART, f"{_EVERY} <part>"),
        (Kind.RELATIVE, r"in <num>\s?<unit>,?(?: and)? <num2>\s?<unit2>"),
        (Kind.RELATIVE, r"in <num>(?P<half> and a half)?\s?<unit>(?P<half2> and a half)?"),
        (Kind.RELATIVE, "<num> <unit> from now"),
        (Kind.DAY, "(?:on )?<day>(?: <part>)?"),
        (Kind.DAY, "(?P<today>tonight|this <part>)"),
        (Kind.NEXT, "(?:some time )?next <unit>"),
        (Kind.WEEKDAY, f"(?:on )?{_LONG} next week(?: <part>)?(?P<week>)"),
        (Kind.WEEKDAY, "(?:on|(?P<next>next)|this|this coming|coming) <wd>(?: <part>)?"),
        (Kind.WEEKDAY, f"{_LONG}(?: <part>)?"),
        (Kind.DATE, f"(?:on )?(?:the )?{_DATE}"),
        (Kind.DAY_OF_MONTH, f"(?:on )?the <dom>{_TH}"),
        (Kind.CLOCK, "(?:at )?(?P<noon>noon|midday|lunchtime)"),
        (Kind.CLOCK, "(?:at )?(?P<midnight>midnight)"),
        (Kind.HALF, "(?:at )?half past <hour>"),
        (Kind.QUARTER, "(?:at )?(?:a )?quarter (?P<to>to|past) <hour>"),
        (Kind.CLOCK, r"(?:at|by|around|about|@)\s?<hour>(?:[:.]<minute>)?(?:\s?<ampm>| o'clock)?"),
        (Kind.CLOCK, r"<hour>(?::<minute>)?\s?<ampm>"),
        (Kind.CLOCK, r"<hour>:<minute>"),
        (Kind.PART, "in the <part>|at (?P<atnight>night)"),
    ),
)  # fmt: skip

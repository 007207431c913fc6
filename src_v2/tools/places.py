"""Which time zone a name means: IANA names, the cities in them, other large cities, and usual abbreviations."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_ALSO = """
Africa/Cairo: egypt, alexandria, giza
Africa/Johannesburg: south africa, cape town, durban, pretoria
Africa/Lagos: nigeria, abuja
Africa/Nairobi: kenya, mombasa
America/Argentina/Buenos_Aires: argentina, cordoba argentina
America/Bogota: colombia, medellin, cali
America/Chicago: dallas, houston, austin, san antonio, new orleans, minneapolis, st louis, milwaukee, central time, ct
America/Denver: salt lake city, albuquerque, mountain time, mt
America/Los_Angeles: san francisco, san diego, seattle, portland, las vegas, sacramento, san jose, oakland, la, sf
America/Los_Angeles: pst, pdt, pacific time, pt, california
America/Mexico_City: mexico, guadalajara, puebla
America/New_York: washington, washington dc, boston, philadelphia, miami, atlanta, nyc, orlando, pittsburgh
America/New_York: charlotte, baltimore, est, edt, eastern time, et
America/Sao_Paulo: rio de janeiro, rio, brasilia, belo horizonte
America/Toronto: ottawa, montreal, quebec
America/Vancouver: victoria bc
America/Edmonton: calgary
Asia/Dubai: abu dhabi, uae, united arab emirates
Asia/Ho_Chi_Minh: hanoi, vietnam
Asia/Hong_Kong: hongkong
Asia/Jakarta: bandung
Asia/Jerusalem: tel aviv, haifa, israel
Asia/Karachi: islamabad, lahore, pakistan
Asia/Kolkata: india, mumbai, bombay, delhi, new delhi, bangalore, bengaluru, chennai, hyderabad, pune, calcutta, ist
Asia/Manila: philippines, cebu
Asia/Riyadh: saudi arabia, jeddah, mecca
Asia/Seoul: korea, south korea, busan, kst
Asia/Shanghai: china, beijing, peking, shenzhen, guangzhou, chengdu, hangzhou, wuhan
Asia/Taipei: taiwan
Asia/Tokyo: japan, osaka, kyoto, yokohama, nagoya, sapporo, jst
Asia/Bangkok: thailand, phuket, chiang mai
Australia/Brisbane: gold coast, queensland
Australia/Sydney: canberra
Europe/Amsterdam: netherlands, holland, rotterdam, the hague, utrecht
Europe/Athens: greece, thessaloniki
Europe/Berlin: germany, munich, münchen, hamburg, frankfurt, cologne, köln, stuttgart, leipzig, dresden, cet, cest
Europe/Brussels: belgium, antwerp
Europe/Dublin: ireland, cork
Europe/Istanbul: turkey, ankara, izmir
Europe/Kyiv: ukraine, kiev, lviv, odesa
Europe/Lisbon: portugal, porto
Europe/London: england, uk, united kingdom, britain, scotland, wales, manchester, birmingham, edinburgh, glasgow
Europe/London: liverpool, leeds, cardiff, gmt/bst, bst
Europe/Madrid: spain, barcelona, valencia, seville, sevilla, bilbao, malaga, málaga
Europe/Moscow: saint petersburg, st petersburg
Europe/Oslo: norway, bergen, trondheim
Europe/Paris: france, lyon, marseille, nice, toulouse, bordeaux
Europe/Prague: czechia, czech republic, brno
Europe/Rome: italy, milan, milano, naples, turin, florence, venice, roma
Europe/Stockholm: sweden, gothenburg, malmö
Europe/Copenhagen: denmark, aarhus
Europe/Helsinki: finland
Europe/Vienna: austria, wien, salzburg, graz
Europe/Warsaw: poland, krakow, kraków, gdansk, wroclaw
Europe/Zurich: switzerland, geneva, bern, basel, zürich, lausanne
Pacific/Auckland: new zealand, wellington, christchurch
Pacific/Honolulu: hawaii
UTC: z, zulu, gmt, greenwich
"""


def zone_of(name: str) -> ZoneInfo | None:
    """Return the time zone of an IANA name, a city or an abbreviation; None for what is not known.

    Reads the time zone database once: not for the event loop.
    """
    known = _known().get(_folded(name)) or _known().get(_folded(name.partition(",")[0]))
    try:
        return ZoneInfo(known) if known else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def _known() -> Mapping[str, str]:
    """Return every name that is understood -> IANA name; cities of the list win over those of the database."""
    found: dict[str, str] = {}
    for zone in sorted(available_timezones(), key=lambda zone: (zone.count("/") == 0, zone)):
        found[_folded(zone)] = zone
        if "/" in zone and not zone.startswith("Etc/"):
            found.setdefault(_folded(zone.rpartition("/")[2]), zone)
    for line in _ALSO.strip().splitlines():
        zone, _, names = line.partition(":")
        found.update({_folded(name): zone for name in names.split(",")})
    return found


def _folded(name: str) -> str:
    bare = "".join(one for one in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(one))
    return " ".join(bare.replace("_", " ").split())

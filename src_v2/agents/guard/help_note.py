"""What somebody who may be in need is told beside the reply: where to find people who can help.

Only the words, and how often they are shown. No diagnosis, no numbers that are wrong in another country.
"""

from collections import OrderedDict

from src_v2.core.clock import Clock
from src_v2.core.messages import Turn

DEFAULT = "default"
"""The setting's value that asks for the words of this module."""
AGAIN_AFTER_S = 6 * 3600.0
MOST_CONVERSATIONS = 5000

_NOTES = {
    "en": (
        "{character} is an AI and cannot get help to you. If you or somebody else may be in danger right now, "
        "please call "
        "your local emergency number. You do not have to carry this alone: findahelpline.com lists crisis lines in "
        "most "
        "countries, many free, at any hour and also by chat; and somebody you trust can stay with you."
    ),
    "es": (
        "{character} es una IA y no puede enviarte ayuda. Si tú u otra persona podéis estar en peligro ahora, llama "
        "al "
        "número de emergencias de tu país. No tienes que llevar esto a solas: findahelpline.com reúne líneas de "
        "crisis de "
        "la mayoría de los países, muchas gratuitas, a cualquier hora y también por chat; y alguien de confianza "
        "puede "
        "quedarse contigo."
    ),
    "de": (
        "{character} ist eine KI und kann dir keine Hilfe schicken. Wenn du oder jemand anders gerade in Gefahr "
        "sein könnte, "
        "ruf bitte den Notruf an deinem Ort an. Du musst das nicht allein tragen: findahelpline.com nennt "
        "Krisentelefone in "
        "den meisten Ländern, viele kostenlos, rund um die Uhr und auch im Chat; und jemand, dem du vertraust, kann "
        "bei dir "
        "bleiben."
    ),
    "fr": (
        "{character} est une IA et ne peut pas t'envoyer de secours. Si toi ou quelqu'un d'autre êtes peut-être en "
        "danger en "
        "ce moment, appelle le numéro d'urgence de ton pays. Tu n'as pas à porter cela seul·e : findahelpline.com "
        "recense des "
        "lignes d'écoute dans la plupart des pays, souvent gratuites, à toute heure et aussi par tchat ; et une "
        "personne de "
        "confiance peut rester avec toi."
    ),
    "pt": (
        "{character} é uma IA e não consegue enviar ajuda. Se você ou outra pessoa pode estar em perigo agora, "
        "ligue para o "
        "número de emergência do seu país. Você não precisa carregar isso sem ninguém: findahelpline.com reúne "
        "linhas de apoio "
        "da maioria dos países, muitas gratuitas, a qualquer hora e também por chat; e alguém de confiança pode "
        "ficar com você."
    ),
    "it": (
        "{character} è un'IA e non può mandarti aiuto. Se tu o un'altra persona potreste essere in pericolo adesso, "
        "chiama il "
        "numero di emergenza del tuo Paese. Non devi portare questo peso da solo: findahelpline.com elenca linee di "
        "ascolto "
        "nella maggior parte dei Paesi, molte gratuite, a ogni ora e anche via chat; e una persona di cui ti fidi "
        "può restare "
        "con te."
    ),
}  # fmt: skip


class HelpNote:
    """Says it once per conversation within some hours; which conversations were told is known to this process only.

    `wanted` is the setting: `default`, a text in which `{character}` stands for the name, or empty for no note.
    """

    def __init__(self, wanted: str, clock: Clock) -> None:
        self._wanted = wanted
        self._clock = clock
        self._told_s: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    def due(self, turn: Turn, character_name: str, language: str) -> str:
        """Return what to show beside the reply to `turn`; empty when it was shown here a short while ago."""
        wanted = _NOTES.get(language, _NOTES["en"]) if self._wanted.strip() == DEFAULT else self._wanted
        if not wanted.strip():
            return ""
        audience, now_s = turn.audience, self._clock.monotonic()
        here = (audience.character, audience.channel_id, turn.author.user_id)
        told_s = self._told_s.get(here)
        if told_s is not None and now_s - told_s < AGAIN_AFTER_S:
            return ""
        self._told_s[here] = now_s
        self._told_s.move_to_end(here)
        while len(self._told_s) > MOST_CONVERSATIONS:
            self._told_s.popitem(last=False)
        return wanted.replace("{character}", character_name).strip()

    def forget(self, user_id: str) -> None:
        """Drop what is known of a person."""
        for key in [key for key in self._told_s if key[2] == user_id]:
            del self._told_s[key]

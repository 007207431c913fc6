"""Words by language that `shape` goes by: those that carry a sentence, times, numbers, and what stands for a detail.

Folded: small letters, no accents. No word is listed that is as often something else in its own language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Language:
    """One language. What stands behind `before_topics` is what a question is about more often than what it wants."""

    something: str
    some_number: str
    some_time: str
    before_topics: frozenset[str]
    articles: frozenset[str]
    grammar: frozenset[str]
    times: frozenset[str]
    names_of_times: frozenset[str]
    """Times only with a capital: otherwise other words as often."""
    numbers: frozenset[str]

    @cached_property
    def carrying(self) -> frozenset[str]:
        """The words by which the language is recognised; none of them is a topic."""
        return self.before_topics | self.articles | self.grammar


def _language(placeholders: tuple[str, str, str], *words: str) -> Language:
    before, articles, grammar, times, names, numbers = (frozenset(listed.split()) for listed in words)
    return Language(*placeholders, before, articles, grammar, times, names, numbers)


_ENGLISH = _language(
    ("something", "some number", "some time"),
    "about on of with for by in",
    "a an the my our his her their your this that these those",
    """
and or but if then than as is are was were be been do does did have has had can could should would will shall i me you
he she it we us they him them not no so too very just each every all any both more most much many first last next same
other what when where who whom whose which how why since until before after between from to at into out there here i'm
i've i'd i'll
""",
    """
january february april june july august september october november december monday tuesday wednesday thursday friday
saturday sunday summer autumn winter christmas easter
""",
    "march may spring",
    """
two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred thousand
""",
)
_SPANISH = _language(
    ("algo", "un número", "un día"),
    "sobre de del con para por en",
    "el la los las un una unos unas mi mis su sus tu tus este esta ese esa",
    """
y o pero si que como cuando donde quien quienes cual cuales cuanto cuantos cuanta cuantas no mas muy yo me te se lo le
les nos desde hasta entre a al eso esto todo todos cada es era fue son ha he han soy
""",
    """
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miercoles jueves
viernes sabado domingo primavera verano otono invierno navidad
""",
    "",
    "dos tres cuatro cinco seis siete ocho nueve diez doce quince veinte treinta cien mil",
)
_GERMAN = _language(
    ("etwas", "eine Zahl", "eine Zeit"),
    "uber mit von vom fur im am beim",
    """
der die das den dem des ein eine einen einer einem eines mein meine meinen meiner meinem dein deine unser unsere
dieser diese dieses
""",
    """
und oder aber wenn dann als ist sind war waren bin hat habe hast haben hatte kann soll will ich mich mir du dich dir
er sie es wir uns ihr nicht auch noch mehr was wann wo wer wen wem wie warum weshalb wieviel viele viel welche welcher
welches seit bis zwischen nach zu zum zur bei aus auf an um in jeder jede alle
""",
    """
januar februar marz april mai juni juli august september oktober november dezember montag dienstag mittwoch donnerstag
freitag samstag sonntag fruhling fruhjahr sommer herbst winter weihnachten ostern
""",
    "",
    "zwei drei vier funf sechs sieben acht neun zehn elf zwolf zwanzig dreissig hundert tausend",
)
_FRENCH = _language(
    ("quelque chose", "un nombre", "un jour"),
    "sur de du avec pour dans en",
    "le la les l un une des mon ma mes son sa ses notre nos ce cette ces",
    """
et ou mais si que qui quoi quand comment pourquoi combien quel quelle quels quelles est sont etait a ai as ont suis je
j tu t il elle on nous vous ils ne pas plus depuis entre au aux me te se y c qu d n m s
""",
    """
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre lundi mardi mercredi jeudi vendredi
samedi dimanche printemps automne hiver noel
""",
    "",
    "deux trois quatre cinq sept huit dix onze douze quinze vingt trente cent mille",
)
_PORTUGUESE = _language(
    ("alguma coisa", "um número", "um dia"),
    "sobre de do da dos das com para por em no na nos nas",
    "o a os as um uma meu minha meus minhas seu sua seus suas este esta esse essa",
    """
e ou mas se que quem quando onde como quanto quantos quanta quantas qual quais porque nao mais muito eu me te lhe ele
ela nos voce foi sao era tem desde ate entre ao isso tudo todos cada
""",
    """
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro segunda terca quarta quinta
sexta sabado domingo primavera verao outono inverno natal
""",
    "",
    "dois duas tres quatro cinco sete oito nove dez doze quinze vinte trinta cem mil",
)
_ITALIAN = _language(
    ("qualcosa", "un numero", "un giorno"),
    "su sul sulla di del della dei con per in nel nella",
    "il lo la i gli le un una uno mio mia miei mie suo sua questo questa quel quella",
    """
e o ma se che chi cosa quando dove come quanto quanti quanta quante quale quali perche non piu molto io mi ti si lui
lei noi ho hai ha hanno sono era erano e' da fino tra fra a al alla tutto tutti ogni
""",
    """
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre lunedi martedi mercoledi
giovedi venerdi sabato domenica primavera estate autunno inverno natale
""",
    "",
    "due tre quattro cinque sei sette otto nove dieci dodici quindici venti trenta cento mille",
)
LANGUAGES: Sequence[Language] = (_ENGLISH, _SPANISH, _GERMAN, _FRENCH, _PORTUGUESE, _ITALIAN)

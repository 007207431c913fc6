"""Classes of words that tell what somebody wants done, in English, Spanish, German, French, Portuguese and Italian.

Words are folded (small, no accents); `*` ends a stem, `#` is any number, and a phrase has up to three words. The
classes are those of grammar and of what tools can do; which of them matter is learned from `examples.yaml`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final
from zoneinfo import available_timezones

LONGEST_PHRASE = 3
SHORTEST_STEM = 3
LONGEST_STEM = 12

CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "self": """
i, i'm, im, i've, ive, i'd, i'll, me, my, mine, we, we're, we've, us, our, yo, mi, mis, nos, ich, mir, mich, mein*,
wir, uns*, je, j', moi, mon, ma, mes, on, nous, eu, meu*, minha*, io, mio, mia, miei, mie""",
        "you": """
you, you're, u, your, ur, ya, te, ti, tu, tus, usted, du, dir, dich, dein*, toi, ton, ta, tes, vous, voce, vc, seu,
sua, tuo, tua""",
        "question": """
what, whats, what's, when, where, who, whos, who's, whose, which, how, why, que, cuando, donde, quien*, como, cual*,
cuant*, was, wann, wo, wer, wen, wem, welche*, wie, wieviel*, woruber, warum, quoi, quand, ou, qui, quel*, combien,
comment, pourquoi, quando, onde, quem, qual, quais, quant*, cosa, dove, chi, quale, quali, perche""",
        "helper": """
is, are, am, was, were, do, does, did, have, has, had, can, could, would, will, should, es, esta, son, ha, ist, sind,
hat, hast, hab, habe, kann, kannst, est, est ce, as, peux, tem, pode, sono, hai, puoi""",
        "others": """
he, he's, she, she's, they, they're, him, her, his, their, it, it's, that's, this, there, el, ella, ellos, er, sie,
es, das, il, elle, c'est, ca, ele, ela, eles, isso, lui, lei, loro, nobody, everyone, anyone""",
        "article": """
the, a, an, this, that, el, la, los, las, un, una, der, die, das, ein, eine, le, les, une, os, um, uma, il, lo, gli""",
        "how_much": """
how many, how much, how often, how long, which, all, every*, each, both, list, any, so far, ever, cuant*, todo*,
toda*, cada, wie viel*, wieviel*, wie oft, alle*, jede*, combien, tout, tous, toute*, chaque, quant*, tudo, tutt*,
ogni, several, number of, first thing, last time, first time, per cent, cuantas veces, am meisten, combien de, quantas
vezes, quante volte""",
        "said": """
told, tell, tells, say, said, mention*, talk*, promis*, wrote, sent, remember*, recall*, know, chat, chats,
conversation*, message*, memory, memories, dije, dijo, conte, contado, hable, hablado, hablamos, mencion*, recuerd*,
acuerd*, sabes, conversacion*, gesagt, erzahl*, erwahnt, geredet, geschrieben, weisst, erinner*, gesprach*, dit,
raconte, parle, cite, souviens, sais, disse, contei, falei, falou, falamos, lembra*, sabe, conversa*, detto,
raccontato, parlato, ricord*, sai, conversazion*, saved, notes, noted, written, writing, asked, ask, explained,
described, discuss*, promet*, escrib*, escrito, guardad*, versproch*, notiert, gespeichert, gefragt, promis, ecrit,
demande, note, prometi, escrevi, anotad*, guardou, promesso, scritto, salvat*, chiesto, sais sur, weisst du, sabes de,
sabe sobre, sai di""",
        "i_did": """
did i, did we, have i, had i, have we, was i, were we, i told, we told, i said, i was, we were, i did, i have, we
have, i had, i've, we've, hab ich, habe ich, haben wir, hatte ich, ich hab, ich habe, j'ai, je t'ai, t'ai, on a, ho,
ti ho, abbiamo, te he, he, hemos, te dije, te conte, dije, contei, falei, disse, did you, have you told, i asked, i
wanted, i thought, i planned, i felt, i wrote, i sent, my last, quise, pense, pensaba, queria, wollte ich, dachte ich,
war ich, ich wollte, voulais, pensais, avais, j'avais, j'etais, pensavo, volevo, ho detto, avevo, ero, eu queria, eu
pensava, eu disse, eu falei""",
        "back_then": """
yesterday, last, ago, since, before, after, in spring, in the spring, in summer, in autumn, in fall, in winter, this
week, this month, this year, this summer, this morning, january, february, march, april, may, june, july, august,
september, october, november, december, jan, feb, mar, apr, jun, jul, aug, sep, sept, oct, nov, dec, monday, tuesday,
wednesday, thursday, friday, saturday, sunday, first time, week, weeks, month, months, year, years, ayer, pasado,
pasada, hace, desde, enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre,
diciembre, verano, invierno, otono, primavera, lunes, martes, miercoles, jueves, viernes, sabado, domingo, mes, meses,
ano, anos, semana, gestern, letzt*, vor, seit, januar, februar, marz, mai, juni, juli, oktober, dezember, fruhling,
sommer, herbst, winter, montag, dienstag, mittwoch, donnerstag, freitag, samstag, sonntag, monat*, jahr*, woche*,
hier, dernier*, depuis, janvier, fevrier, mars, avril, juin, juillet, aout, septembre, octobre, novembre, decembre,
ete, hiver, automne, lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, mois, annee*, an, semaine*, ontem,
passado, passada, janeiro, fevereiro, marco, maio, junho, julho, setembro, outubro, novembro, dezembro, verao,
inverno, ieri, scors*, gennaio, febbraio, aprile, maggio, giugno, luglio, settembre, ottobre, dicembre, estate,
autunno, lunedi, martedi, mercoledi, giovedi, venerdi, mese, mesi, anno, anni, settiman*, fa""",
        "now": """
now, rn, today*, tonight, tomorrow, tmrw, current*, latest, this weekend, next, hoy, manana, ahora, heute, morgen,
gerade, jetzt, aujourd'hui, demain, ce soir, maintenant, hoje, amanha, agora, oggi, domani, adesso, stasera""",
        "weigh": """
compar*, than, vs, versus, better, best, worse, cheap*, closer, more, most, differ*, change, changed, changes,
between, or, pattern*, in common, considering, given, based, fit, fits, contradict*, pros and cons, rank*, trend*,
mejor, peor, mas, cambi*, encaj*, contradicc*, vergleich*, besser, billiger, gunstiger, mehr, anders, verander*,
passt, gemeinsam, muster, widerspr*, mieux, plus, moins, chang*, tendance*, en commun, melhor, mais, mudou, mudar,
combina, padroes, em comum, meglio, piu, confront*, in comune, schemi, sicher*, instead, rather, worth, suit, suits,
suited, preferable, faster, slower, bigger, smaller, nearer, longer, happier, less, turned out, came true, actually,
at first, worum, lieber, gunstig*, schneller, lohnt, ofter, plutot, lequel, laquelle, vaut mieux, prefer*, conviene,
vale mas, vale a pena, rapido, piuttosto, invece, realmente, worden, al principio, no inicio, all'inizio, au debut, am
anfang""",
        "money": """
€, $, £, ¥, euro*, dollar*, dolar*, pound, pounds, quid, bucks, reais, yen, budget*, cost, costs, price*, rent,
kosten, kostet, preis*, prix, coute, precio*, cuesta, cuestan, custa, preco*, prezz*, costa, tax, interest, interes*,
zinsen, juros, interessi, insurance, salary, loan, fee, presupuesto, orcamento""",
        "unit": """
%, percent, prozent, pour cent, por ciento, porciento, per cento, km, cm, mm, kg, gram, grams, gramm, lit*, mile*,
milla*, migli*, meile*, inch*, feet, ft, lb*, libbr*, oz, ounce*, unze*, celsius, fahrenheit, cup, cups, kilo*, # m, #
g, # l, # h, # k, kmh, mph""",
        "span": """
# min*, # hour*, # days, # day, # nights, # week, # weeks, # weekend*, # month, # months, # year, # years, # times, #
people, # guests, # kids, # friends, # stunden, # tage, # tagen, # wochen, # monate, # jahre, # mal, # leute, #
personen, # dias, # semanas, # meses, # anos, # veces, # personas, # jours, # semaines, # mois, # ans, # fois, #
personnes, # heures, # horas, # vezes, # pessoas, # giorni, # settimane, # mesi, # anni, # volte, # persone, # ore,
two days, two weeks, two hours, three days, three weeks, three times, three nights, four days, five days, six weeks, a
day, a week, a month, a year, per week, per month, per year, each day, every day, al mes, al dia, por semana, por mes,
pro woche, pro monat, am tag, im monat, zwei stunden, drei mal, drei tage, par jour, par semaine, par mois, une heure,
por dia, al mese, al giorno, due ore, tre giorni, tre volte, cinco dias, cuatro dias, tres veces, funf tage""",
        "limit": """
under, less than, no more than, not more than, at most, max, maximum, maximal, within, without, only, by, until, at
least, vegan*, vegetar*, gluten, allerg*, friendly, free day, free evening, menos de, sin, como maximo, solo, hasta,
hochstens, weniger als, ohne, nur, bis, frei, moins de, sans, au plus, seulement, pas le, no maximo, sem, ate, apenas,
al massimo, senza, meno di, niente, soltanto""",
        "request": """
please, pls, plz, can you, can u, could you, could u, would you, help me, i need, i want, i'd like, need a, tell me,
kannst du, konntest du, bitte, hilf mir, ich brauch*, sag mir, puedes, podrias, ayudame, necesito, quiero, dime, por
favor, peux tu, tu peux, aide moi, il me faut, je veux, dis moi, stp, pode, preciso, quero, me diga, me ajuda, puoi,
potresti, aiutami, voglio, mi serve, dimmi, per favore""",
        "do": """
make, build, take, use, pull, name, add, remind, connect, count, turn, fix, translate, create, write, draft, draw up,
find, look up, search, check, list, give, show, compare, calculate, convert, split, organize, organise, schedule,
propose, suggest, summarize, summarise, analyze, analyse, research, collect, gather, review, go through, dig through,
lay out, sort, rank, explain, figure out, put together, prepare, read, map out, quote, evaluate, investigate, group,
mark, haz*, busca, planific*, organiz*, calcula, analiz*, revisa, compara, mach, erstell*, such, suche, rechne,
vergleich*, liste, schreib*, stell, geh, ordne, fais, cherche, calcule, organise*, prepare*, reprends, redige, classe,
faz, faca, pesquis*, monta, monte, planej*, analise, aponte, fai, fammi, cerca, calcola, organizza*, confronta,
analizza*, prepara*, scrivi, raccogli, reune, junte, agrupa, propon, find out, tell me, dig, note, record, design, set
up, pick, choose, rate, outline, work out, answer, help, open, pull up, weigh, assess, muestra*, ensen*, lista,
apunta, encuentra, mira, explica*, traduce, escribe*, redacta, resume*, elige, ordena, clasifica, dame, examina,
reconstruye, evalua, zeig*, finde, schau*, pruf*, ubersetz*, erklar*, fass, sortier*, nenn*, gib, berechne, trag*,
werte, bewerte, plan*, organisier*, sammle, stelle, montre*, trouve*, regarde*, verifie*, traduis, explique*, ecris,
trie, donne*, calcul*, dresse, propose*, prevois, planifie, examine, rassemble*, recherche, mostra*, encontr*, ve ai,
olha, confere, traduz, escrev*, junta, sugir*, sugere, avali*, crie, cria, trova*, guarda, controlla*, traduci,
spiega*, riassum*, ordina, dammi, elenca*, suggerisci, pianifica, esamina, valuta, rivedi, raggruppa""",
        "plan": """
plan, plans, planning, planned, plane, planen, schedule, itinerary, routine, menu, trip, timetable, packing, party,
wedding, horario, rutina, viaje, boda, lernplan, putzplan, speiseplan, trainingsplan, reise, hochzeit, voyage,
programme, plano, viagem, cardapio, roteiro, casamento, piano, viaggio, programma, planific*, organi*, planej*,
pianific*, rota, calendar, calendario, reading plan, savings, afternoon, itinerario, excursion, gita, cena, dinner,
tour, radtour, ausflug, sortie, passeio, estudos, studio, holiday, vacation, vacaciones, urlaub, vacances, ferias,
vacanza""",
        "study": """
analy*, analis*, analiz*, research*, investig*, recherch*, untersuch*, evaluat*, evalua*, review*, revis*, summar*,
resum*, report, informe, bericht, rapport, relatorio, rapporto, profile, detail*, detall*, dettagli*, thorough*,
ausfuhrlich*, grundlich*, in depth, depth, deep, dig, gather*, collect*, recopil*, rassembl*, raccogl*, sammle, junte,
timeline, cronolog*, chronolog*, zeitleiste, table, tabla, tabelle, tableau, tabela, tabella, breakdown, correlat*,
connection*, sources, evidence, reconstruct, recommend*, recommi*, recomiend*, recomend*, consigli*, empfiehl,
conseill*, quotes, citas, zitate*, citations, citacoes, citazioni, step by step, point by point, one by one, month by
month, decision, assessment, dossier, chronicle, history, pros, cons, advantages, background, turning points,
patterns, classif*, categor*, conclusion*, conclusio*, razonad*, argument*, gegenuber*, schlussfolger*, wendepunkt*,
tournants, svolte, viradas, completa, completo, complete, full, vollstandig*, umfassend*, approfondi*""",
        "sum": """
calculat*, sum, add up, divided, divide, times #, plus, minus, multipl*, convert*, split, altogether, in total, total,
percentage, percent, left, calcul*, suma, dividid*, por #, per #, rechne*, geteilt, mal #, prozent, insgesamt, fois #,
somma""",
        "formula": """
square root, sqrt, root of, power of, squared, cubed, prime, average, bmi, interest, raiz, promedio, porcentaje,
wurzel, durchschnitt, hoch, racine, moyenne, radice, media""",
        "calendar": """
time is it in, time in, tomorrow in, days from now, time difference, time zone, local time, days until, days between,
days till, days left, how old, day of the, what day, what date, weekday, hora es en, en hora, cuantos dias, faltan,
spat ist es, wie viele tage, wie lange, heure est il a, combien de jours, agora em, quantos dias, faltam, fuso, ore
sono a, quanti giorni, mancano, too late to, too early to, which day, from now, o'clock, my time, born on, ore sono,
ora e, que hora, viel uhr, uhrzeit, heure est, quel jour, que dia, dia da semana, welcher tag, welcher wochentag, dia
de la semana, giorno della settimana, che giorno""",
        "world": """
weather, forecast, rain, news, price of, score, won, win, gano, gewonnen, gagne, ganhou, vinto, election, opening,
open, closed, strike, train, bus, flight, visa, google, online, internet, web, page, article*, link, website, netflix,
bitcoin, exchange rate, president, minister, restaurant*, hotel*, museum, concert*, laptop*, tiempo hara, noticias,
abre, vuelo, tren, wetter, nachrichten, offen, offnungszeiten, geoffnet, zug, bahn, streik, flug, konzert*, temps
fera, meteo, horaires, ouvert*, billet, greve, tempo amanha, noticia*, jogo, voo, orari, apre, chiude, treno,
sciopero, notizie, portat*, notebooks, traffic, shop, shops, store, supermarket, pharmacy, cinema, theatre, festival,
match, game, race, league, stock, market, crypto, phone number, address, sunrise, sunset, temperature, snow, raining,
season, release, released, announced, album, episode, movie times, trending, reviews, recipe, ticket, tickets,
passport, embassy, consulate, ferry, airport, hostel, hours of, llover, llueve, nieve, partido, carrera, supermercado,
farmacia, tienda, cine, direccion, telefono, consulado, entradas, abierto, cerrado, regnet, regnen, regen, schnee,
spiel, rennen, supermarkt, apotheke, laden, kino, adresse, telefonnummer, fahrplan, fahrt, lauft, offnet, schliesst,
pleuvoir, pleut, pluie, neige, course, etape, supermarche, pharmacie, magasin, mairie, poste, ferme, ouvre, chover,
chove, chuva, partida, corrida, mercado, loja, endereco, aberto, fechado, fecha, piovere, piove, pioggia, neve,
partita, gara, supermercato, negozio, indirizzo, aperto, chiuso""",
        "undo": """
delete, erase, forget, remove, correct, wrong, borra, olvida, elimina, corrige, vergiss, losche, korrigier*, efface,
oublie, supprime, apaga, esquece, corrija, cancella, dimentica, correggi""",
        "people": """
friend*, family, sister*, brother*, siblings, cousin*, parents, mother, father, mum, dad, aunt, uncle, ex, exes, boss,
team, amig*, familia, herman*, padre*, madre, jefe, freund*, familie, schwester*, bruder, eltern, vater, mutter,
chef*, ami, amis, famille, soeur, frere*, pere, mere, patron, irma*, irmao*, pai, mae, amici, famiglia, sorell*,
fratell*, capo""",
        "warmth": """
love, hate, feel*, sad, happy, tired, cute, lol, haha*, lmao*, miss, kiss, hug*, omg, ugh, sorry, thank*, thx, ngl,
tbh, fr, jaja*, kkk*, hihi, ahah*, liebe, lieb, mude, danke, gracias, cansad*, guapa, merci, mdr, obrigad*, saudade,
grazie, amo, bene, smile, laugh*, funny, cry, bored, dream*, sleep*, bed""",
    }
)
"""The words of every class, divided by commas."""
CITY: Final = "city"
"""A class of its own: the places that time zones are named after."""
NAMES: Final = (*CLASSES, CITY)
"""The names of all classes; a class's number is its place here."""


def _entries() -> Iterator[tuple[str, int]]:
    for number, listed in enumerate(CLASSES.values()):
        for entry in listed.replace("\n", " ").split(","):
            yield " ".join(entry.split()), number
    for zone in available_timezones():
        if "/" in zone and not zone.startswith("Etc/"):
            yield zone.rsplit("/", 1)[1].replace("_", " ").replace("-", " ").casefold(), NAMES.index(CITY)


def _table(*, stems: bool) -> Mapping[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {}
    for entry, number in _entries():
        if entry.endswith("*") == stems:
            key = entry.removesuffix("*")
            table[key] = (*table.get(key, ()), number)
    return MappingProxyType(table)


PHRASES: Final = _table(stems=False)
"""Whole words and phrases, and the numbers of their classes."""
STEMS: Final = _table(stems=True)
"""Beginnings of words (or of phrases' last words), and the numbers of their classes."""

"""Words that mean the same, in English, Spanish, German and French: a source bears out what was put differently.

Plain tables; a group ends with a semicolon, its first word stands for all of it.
"""

from src_v2.knowledge.names import fold
from src_v2.knowledge.roles import ROLES

_CONCEPTS = """
live live lives lived living reside resides moved move moves moving settled based home relocated vivo vives vive vivir
viviendo vivia vivias viven mudaste mudo mudado mude wohne wohnst wohnt wohnen gewohnt wohnte lebe lebst lebt leben
gezogen ziehe ziehst zieht umgezogen habite habites habitent habiter habitais habitait demenage demenager vis vit
vivre ;
work work works worked working job employed employer trabajo trabajas trabaja trabajar trabajando trabajabas arbeite
arbeitest arbeitet arbeiten gearbeitet job beruf travaille travailles travailler travaillais bosses ;
born born birthday birthdays naciste nacio nacida nacido cumpleanos cumples cumple cumplio geboren geburtstag
anniversaire nee ne nes turn turns turned turning ;
age age aged old years edad anos alt jahre ans ;
like like likes liked love loves loved loving enjoy enjoys enjoyed adore adores fond fan keen favourite favorite gusta
gustan gustaba encanta encantan amas ama aimes aime aimer adores magst mag mogen liebst liebt liebe gern gerne
lieblings prefieres favorito favorita prefer prefers preferee prefere passion passionate hobby hobbies ;
dislike dislike dislikes disliked hate hates hated hating loathe detest detests stand odias odio odia soportas soporto
detestas hasst hasse hasst detestes deteste detester ;
allergic allergic allergy allergies alergica alergico alergia allergisch allergie allergique ;
married married marry marries marrying wedding wed weddings casada casado caso casaste boda casamos verheiratet
heiratet heiraten heirate hochzeit mariee marie mariage epouse ;
study study studies studied studying degree university student estudias estudia estudiar estudiaste studierst studiert
studieren studium etudies etudie etudier etudiante ;
play play plays played playing toca tocas tocar juegas juega jugar spielst spielt spielen joues joue jouer ;
speak speak speaks spoke spoken speaking fluent hablas habla hablar sprichst spricht sprechen parles parle parler ;
own own owns owned keeps ;
adopt adopt adopted adopting rescued shelter adoptaste adopto adoptado adoptiert adopte refuge ;
lend lend lends lent lending borrow borrowed borrows owe owes owed loan loaned prestaste presto prestado debes debe
geliehen leiht schuldest prete doit dois ;
visit visit visits visited visiting come comes came coming arrive arrives arrived arriving land lands landed stay
stays stayed staying visitas visita viene venir vienen llega llegan quedan queda besuchst besucht besuchen besuch
kommt kommen ankommt bleibt visites visiter vient viennent arrivent reste restent venue ;
quit quit quits quitting stopped dejaste dejo dejado aufgehort arrete ;
start start starts started starting begin began begun begins beginning empezaste empece empezar empezo empezado
angefangen begonnen anfangen seit commence commencer commencee ;
plan plan plans planned planning want wants wanted hope hopes hoped think thinking considering intend quieres quiere
quiero willst will mochtest veux veut vouloir envie ;
run run runs ran running race corriste corri correr carrera gelaufen laufen laufst couru courir course ;
sing sing sings sang sung singing cantas canto cantar singst singe singen gesungen chantes chante chanter ;
paint paint paints painted painting pintas pintar malst male malen peins peint peindre ;
dance dance dances danced dancing bailas bailar tanzt tanze tanzen danses danse danser ;
collect collect collects collected collecting coleccionas colecciono sammelst sammle collectionnes ;
knit knit knits knitting tejes stricke strickst tricotes ;
swim swim swims swam swimming natacion nadas nadar schwimmen schwimmst nager natation nages ;
sleep sleep sleeps slept sleeping duermes dormir duerme schlafen schlafst geschlafen dors dormi ;
sail sail sailing sails segeln segelschein segelst voile vela navegar ;
tell tell tells told say says said mention mentioned dijiste dices contaste mencionaste gesagt erzahlt erwahnt dit
raconte mentionne ;
fall fall falls fell fallen cayo caido cae gefallen tombee tombe hurt hurts injured ;
lose lose loses lost losing perdio perdiste perdido verloren perdu perdue ;
nurse nurse nursing enfermera enfermero krankenschwester krankenpfleger infirmiere infirmier ;
teacher_job teach teaches taught teaching clase clases class classes profesora profesor maestra maestro lehrerin
lehrer unterrichtest professeure teacher ;
engineer engineer engineering ingeniero ingeniera ingenieur ingenieurin ;
pharmacist pharmacist pharmacy farmaceutica farmaceutico farmacia apothekerin apotheker apotheke pharmacienne
pharmacien pharmacie ;
architect architect architecture arquitecta arquitecto architektin architekt architecte ;
translator translator translate translates translated translation translating traductora traductor traduccion
ubersetzerin ubersetzer traductrice traducteur traduction ;
carpenter carpenter carpentry carpintero tischler schreiner menuisier charpentier ;
vegetarian vegetarian meat meatless vegetariana vegetariano carne vegetarisch vegetarier vegetarierin fleisch
vegetarienne vegetarien viande ;
shellfish shellfish seafood marisco mariscos meeresfruchte fruits_de_mer ;
peanut peanut peanuts cacahuete cacahuetes mani erdnusse erdnuss cacahuetes arachide arachides ;
coriander coriander cilantro koriander coriandre ;
exam exam exams examination test examen examenes prufung prufungen examens ;
school school schools escuela colegio schule ecole ;
marks marks grades notas noten ;
pupil pupil pupils student students alumno alumnos alumna schuler eleve eleves children ;
party party parties fiesta celebration feier birthday_party fete celebrate celebrar ;
music music musica musik musique ;
climb climb climbs climbing climbed climber escalada escalar klettern kletterst escalade grimper ;
book book books novel novels libro libros novela novelas buch bucher roman romane livre livres romans ;
violin violin violinist geige violon ;
football football soccer futbol fussball foot ;
noise noise noisy ruido larm bruit loud ;
builder construction roadworks obras baustelle travaux ;
street street road calle strasse rue ;
smoke smoke smoking smoker smoked cigarette cigarettes fumar fumas cigarrillos rauchen rauchst zigaretten fumer fumes
;
tooth tooth teeth diente dientes zahn zahne dent dents ;
cane cane stick baston stock canne ;
doctor_visit doctor doctors medico arzt arztin medecin ;
rent rent rents alquiler miete loyer ;
flat flat apartment piso apartamento wohnung appartement ;
walk walk walks walking walked camina caminar lauft marche marcher ;
baby baby newborn bebe kind enfant ;
bad bad badly poorly mal schlecht ;
month month months mes meses monat monate mois ;
day day days dia dias tag tage jour jours ;
week week weeks semana semanas woche wochen semaine semaines ;
vegan vegan vegana vegano veganerin veganer vegane ;
diabetic diabetic diabetes diabetica diabetico diabetikerin diabetiker diabetique ;
pregnant pregnant pregnancy embarazada schwanger enceinte ;
divorced divorced divorce divorciada divorciado divorcio geschieden scheidung divorcee ;
retired retired retirement jubilada jubilado pensioniert rentner rentnerin retraite retraitee ;
eat eat eats ate eaten eating comes comer come isst esse essen gegessen manges mange manger ;
drink drink drinks drank drinking bebes beber bebe trinkst trinke trinken bois boit boire ;
coffee coffee cafe kaffee ;
practise practise practice haces machst fais fait faire train training trains ;
spanish spanish espanol spanisch espagnol castellano ;
german german aleman alemana deutsch allemand allemande ;
french french frances francesa franzosisch francais francaise ;
english english ingles inglesa englisch anglais anglaise ;
italian italian italiano italiana italienisch italien italienne ;
place:cairo cairo kairo caire ;
place:vienna vienna wien viena vienne ;
place:munich munich munchen ;
place:seville seville sevilla ;
place:lisbon lisbon lisboa lissabon lisbonne ;
place:london london londres ;
place:rome rome roma rom ;
place:germany germany alemania deutschland allemagne ;
place:france france francia frankreich ;
place:spain spain espana spanien espagne ;
place:italy italy italia italien italie ;
place:brussels brussels bruselas brussel bruxelles ;
place:geneva geneva ginebra genf geneve ;
place:cologne cologne colonia koln ;
place:prague prague praga prag ;
place:athens athens atenas athen athenes ;
hour hour hours hora horas stunde stunden heure heures ;
minute minute minutes minuto minutos minuten ;
"""
_MORE_ROLES = """
sister schwester schwestern soeur soeurs sisters hermanas ;
brother bruder frere freres brothers hermanos bruders ;
mother mutter mama maman mere mums mutti ;
father vater papa pere ;
daughter tochter fille daughters hijas ;
son sohn fils sons hijos sohnes ;
grandmother oma grossmutter mamie ;
grandfather opa grossvater papi ;
wife ehefrau femme ;
husband ehemann mari mann ;
aunt tante ;
uncle onkel oncle ;
cousin cousine cousins ;
niece nichte ;
nephew neffe neveu ;
friend freund freundin ami amie amis friends freunde amigos ;
boss chef chefin patron patronne ;
dog hund hunde chien chienne dogs perros ;
cat katze kater chat chatte cats gatos ;
child kinder children kids hijos enfants ;
neighbor nachbar nachbarin voisin voisine neighbours neighbors vecinos ;
colleague kollege kollegin collegue colleagues ;
girlfriend copine ;
boyfriend copain ;
parent parents eltern padres ;
"""


def _grouped(table: str) -> dict[str, str]:
    """Return word -> the first word of its group."""
    split = (group.split() for group in table.split(";") if group.strip())
    return {word: first for first, *others in split for word in others}


CONCEPTS = _grouped(_CONCEPTS)
ROLE_WORDS = {fold(word): role for word, role in ROLES.items()} | _grouped(_MORE_ROLES)

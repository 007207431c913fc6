"""What stands out in a message before anybody knows what it means: words of some kinds, in six languages.

No cue decides anything; `meaning` learns from the examples what they are worth together. Patterns see folded text
(`readings`): lower case, without accents, with plain quotes.
"""

import re
from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_PATTERNS: Mapping[str, str] = {
    "death":
    r"\b(?:die[ds]?|dying|dead|deadly|death|kill\w*|suicid\w*|unaliv\w*|kms|murder\w*|muer[aeot]\w*|morir\w*|"
    r"mat(?:ar\w*|o|e)\b|sterb\w*|tot|tod\w*|umbring\w*|bring\w* mich|selbstmord\w*|mour\w*|tuer|"
    r"mort[aeiosr]*|morr\w*|uccid\w*|ammazz\w*|grave|coffin|funeral|buried)\b",
    "life":
    r"\b(?:life|live|lives|living|alive|exist\w*|born|vid[ae]|viv\w*|leben\w*|lebt|geboren|naitre|nacid\w*|"
    r"nat[oa]|nascid\w*|world|mundo|welt|monde|mondo|breath\w*|wake|waking|woke|awake|despert\w*|acord\w*|"
    r"aufwach\w*|reveill\w*|svegli\w*|sleep|asleep|einschlaf\w*|dormir\w*)\b",
    "myself": r"\b(?:myself|my ?self|me mat\w*|me mor\w*|mich|mir|moi|me|mi|eu)\b",
    "speaks_of_oneself":
    r"\b(?:i|i'm|i've|i'll|i'd|im|ive|my|ich|mein\w*|je|j'\w*|mon|ma|mes|yo|mi|mis|estoy|soy|quiero|tengo|"
    r"pienso|voy|eu|quero|tenho|estou|to|meu|minha|io|voglio|sono|mio|mia|ho|non ce la)\b",
    "will_not":
    r"(?:\b(?:not|no|never|nothing|none|nobody|nicht|nie|kein\w*|niemand|ne|pas|plus|jamais|personne|nada|"
    r"nunca|nadie|nao|ninguem|non|mai|nessuno|without|ohne|sin|sans|sem|senza|ya no|cant|dont|wont|wouldnt)\b|"
    r"n't\b)",
    "any_more":
    r"\b(?:any ?more|any longer|forever|for good|permanently|always|again|mehr|fur immer|wieder|plus jamais|"
    r"pour toujours|encore|para siempre|mas|nunca mais|de novo|pra sempre|mai piu|per sempre|di nuovo)\b",
    "end":
    r"\b(?:end|ends|ended|ending|over|stop|stops|done|finish\w*|out|gone|disappear\w*|vanish\w*|leave|leaving|"
    r"acabar\w*|terminar|desaparecer|ende|beenden|aufhor\w*|schluss|weg|finir|arreter|disparaitre|sumir|"
    r"finita|farla|sparire|finire)\b",
    "despair":
    r"\b(?:hopeless\w*|hope|worthless|burden|pointless|point|use|sense|sinn|sens|sentido|senso|last|carga|"
    r"peso|poids|deserve\w*|strength|kraft|fuerzas|forcas?|forza|force|give up|empty|unbearable|torture|"
    r"punish\w*|suffer\w*|pain|hurts?|hate|better off|better without|besser|mejor|mieux|melhor|meglio|tired|"
    r"sick of|enough|aguant\w*|n'en peux)\b",
    "means":
    r"\b(?:pills?|tablets?|meds|medication|medicine|overdos\w*|od|rope|noose|gun|blades?|razors?|knife|bridge|"
    r"roof|tracks|train|jump\w*|balcony|poison\w*|bleach|pastillas|puente|tabletten|schlaftabletten|brucke|"
    r"dach|springen|zug|cachets|medicaments|pont|sauter|remedios|ponte|pular|pastiglie|buttarmi)\b",
    "harm":
    r"\b(?:cut|cuts|cutting|bleed\w*|blood|scars?|bruis\w*|burn\w*|harm\w*|sh|wrists?|arms?|thighs?|skin|"
    r"relaps\w*|urges?|cort[eoa]\w*|sangr\w*|schneid\w*|ritz\w*|verletz\w*|arme|coupe\w*|bras|mal|machuc\w*|"
    r"tagli\w*|braccia)\b",
    "violence":
    r"\b(?:hits?|hitting|beat\w*|punch\w*|kick\w*|slap\w*|chok\w*|strangl\w*|rape\w*|touch\w*|abus\w*|"
    r"threat\w*|attack\w*|stalk\w*|violen\w*|scared|afraid|fear\w*|hiding|pega|golpe\w*|toca|amenaz\w*|"
    r"viol\w*|miedo|schlagt|verprugelt|wurgt|angst|fasst|frapp\w*|bat|peur|bate|medo|estupr\w*|vergewaltig\w*|"
    r"missbrauch\w*|violent\w*|forc(?:es|ed)|picchi\w*|paura|tocca)\b",
    "somebody_close":
    r"\b(?:friend|mate|sister|brother|mother|mum|mom|father|dad|husband|wife|boyfriend|girlfriend|partner|ex|"
    r"son|daughter|uncle|step\w+|roommate|amig[oa]|novi[oa]|marido|padre|madre|freund\w*|mann|vater|mutter|"
    r"onkel|ami\w*|copain|mari|pere|mere|namorad[oa]|pai|mae|padrasto|amic[oa]|ragazz[oa]|marito|zio)\b",
    "farewell":
    r"\b(?:good ?bye|bye|farewell|adios|adieu|adeus|addio|lebt? wohl|abschied\w*|despedida|letters?|note|"
    r"lettre|carta|lettera|sorry|forgive|perdon\w*|pardonn\w*|perdo\w*|tut mir leid|last)\b",
    "jest":
    r"\b(?:lol|lmao|lmfao|rofl|jk|kidding|xd|(?:ha){2,}h?|(?:he){2,}|(?:ja){2,}|k{3,}|mdr|ptdr|rsrs|funny|"
    r"joke|meme|hilarious|laugh\w*|lach\w*|rire|risa|ridere|rir)\b|[\U0001f602\U0001f923\U0001f480]",
    "serious":
    r"\b(?:serious\w*|for real|fr|not jok\w*|no joke|not kidding|i mean it|honestly|no es broma|ernsthaft|"
    r"wirklich|vraiment|de verdad|davvero|tonight|esta noche|heute nacht|ce soir|hoje|stanotte)\b",
    "story":
    r"\b(?:novel|book|film|movie|songs?|lyrics?|scene|play|hero\w*|story|poem|monologue|episode|game|quest|"
    r"plot|villain|protagonist\w*|documentary|opera|libro|novela|pelicula|cancion|roman|buch|lied|chanson|"
    r"livre|livro|musica|canzone|romanzo|chapter|series|dnd|band|ending|writing|anime|fiction|fanfic|poet|"
    r"author|actor)\b",
    "study":
    r"\b(?:news|report\w*|article|statistic\w*|rates?|study|studying|exam|class|school|paper|talk|thesis|"
    r"homework|essay|research\w*|prevention|helpline|hotline|volunteer\w*|training|philosoph\w*|law|history|"
    r"explain|difference)\b",
    "long_ago":
    r"\b(?:years? ago|used to|back then|long ago|when i was|as a (?:child|teenager|kid)|in my (?:youth|teens|"
    r"twenties)|since \d{4}|for (?:\w+ )?years|anniversary|recovered|survived|(?:has|have|had|was|were|"
    r"is) (?:\w+ )?over|behind me|old scars|today i'?m|now i|hace \w+ anos|vor \w+ jahren|il y a \w+ ans|"
    r"ha \w+ anos|\w+ anni fa|damals|antes|autrefois|clean|sober|therapy)\b",
    "glad":
    r"\b(?:happy|happily|glad|proud|love|lovely|great|fantastic|celebrat\w*|thanks|party|fun|nice|cool|"
    r"hopeful|relief|better now|well again|smile|enjoy\w*|wedding|holiday|vacation|excited|finally free)\b",
    "everyday":
    r"\b(?:work|boss|meeting|deadline|exams?|homework|weather|heat|calor|hitze|chaleur|caldo|trabajo|arbeit|"
    r"chef|boulot|trabalho|lavoro|prova|prufung|examen|esame|coffee|food|cake|hungry|hambre|hunger|faim|fome|"
    r"fame|boredom|bored|langeweile|sueno|fatigue|sono|sonno|shame|embarrass\w*|verguenza|traffic|phone|"
    r"battery|wifi|laptop|printer|monday|weekend|kitchen|cook\w*|cocin\w*|koch\w*|shav\w*|oven|bike|karaoke|"
    r"tattoo|finger|thumb|knee|hair|pizza|tennis|onions?|haare?|finger|cheveux|doigt|pelo|dedo|cabelo|capelli|"
    r"dito|chess|ajedrez|schach|echecs|xadrez|scacchi|dentist)\b",
    "in_a_place":
    r"\b(?:live|living|leben|vivir|vivre|viver|vivere|be here|stay)\b.{0,12}\b(?:in|at|with|near|en|con|mit|a|"
    r"avec|em|com|this|dieser|town|city|party)\b",
    "of_a_place":
    r"\b(?:in|en|em|a|at) (?:\w+ ){1,2}(?:leben|wohnen|live)\b|\b(?:without|ohne|sin|sans|sem|senza) (?:my |"
    r"mein\w* |mi |mon |meu )?(?!dolor|schmerz|pain|souffr|dor\b|soffr)\w+\b|\brather (?:die|"
    r"eat)\b.{0,20}\bthan\b",
    "told":
    r"\b(?:instruct\w*|instruc\w*|istruzion\w*|rules?|guidelines?|directives?|orders?|commands?|reglas?|"
    r"normas?|regeln?|anweisung\w*|vorgaben|consignes?|regles?|regras|regole|programming|programmed|training|"
    r"policy|policies)\b",
    "prompt":
    r"\b(?:prompts?|system\w*|config\w*|setup|context|hidden|initial|internal|token|tokens|description|sheet|"
    r"memory|memories|database|logs?|keys?|password|credentials|clave|chave|chiave|schlussel|secret\w*|"
    r"oculto?s?|text|words?)\b",
    "limits":
    r"\b(?:filter\w*|filtr\w*|restrict\w*|restric\w*|limit\w*|censor\w*|censur\w*|zensur|uncensored|"
    r"unrestricted|unfiltered|ethic\w*|etic[ao]|moral\w*|safety|unlock\w*|bypass|jailbr\w*|grenzen|"
    r"einschrankung\w*|restrizion\w*|boundar\w*|forbidden|allowed|refuse\w*|dan|free)\b",
    "role":
    r"\b(?:thischaracter|character|persona\w*|role|roleplay|role-play|act|acting|pretend\w*|mask|personaje|"
    r"papel|rolle|personnage|personagem|personaggio|play|playing|be|being|become|identity|backstory|"
    r"personality|no longer|not)\b",
    "machine":
    r"\b(?:ai|ia|ki|a\.i\.|model|modelo|modell?|modele|modello|sprachmodell|bot|chatbot|chatgpt|gpt|assistant|"
    r"machine|program|llm|openai|anthropic|developers?|creators?|makers?)\b",
    "show":
    r"\b(?:show|print|output|reveal|repeat|list|tell|give|paste|copy|quote|display|dump|leak|expose|export|"
    r"translate|summari[sz]e|send|write|say|muestra\w*|ensena\w*|dime|dame|repite|copia|zeig\w*|nenn\w*|gib|"
    r"sag|wiederhol\w*|montre\w*|donne\w*|dis|repete|affiche|mostr\w*|diga|repita|dimmi|dammi|ripeti)\b",
    "drop":
    r"\b(?:ignor\w*|forget|disregard|drop|break|stop|quit|leave|disable|turn|switch|override|overwrite|delete|"
    r"cancel\w*|skip|reset|remove|disobey|olvida|deja|sal|desactiva|vergiss|verlass|schalt\w*|hor|oublie|"
    r"arrete|sors|desactive|esquec\w*|para|sai|desative|dimentica|smetti|esci|disattiva|infrang\w*)\b",
    "obey":
    r"\b(?:obey\w*|comply|command|must|have to|order|obedec\w*|obedezca|gehorch\w*|obeir|obbed\w*|master|"
    r"no matter|everything i|whatever|do what i|do as i|without exception|never say no|refuse)\b",
    "authority":
    r"\b(?:i'?m|i am|as|soy|ich bin|je suis|sou|sono)\b.{0,12}\b(?:developer|admin\w*|creator|owner|engineer|"
    r"operator|boss|researcher|moderator|desarrollador|entwickler|developpeur|desenvolvedor|sviluppatore|"
    r"administra\w*)\b|\b(?:override|authori[sz]\w*|permission|official|security|debug\w*|diagnostic|test|"
    r"root|sudo)\b",
    "yours":
    r"\b(?:your|yours|yourself|you|you're|u|ur|tus?|te|ti|deine?\w*|du|dir|ton|tes|ta|seus?|suas?|voce|teu|"
    r"tuo|tue|tua)\b",
    "the_others":
    r"\b(?:other (?:users?|people|members)|others|everybody|everyone|all users|another user|private\w*|dms?|"
    r"conversations?|usuarios|nutzer|anderen|autres|utilisateurs|outros|altri|utenti)\b",
    "if_you":
    r"\b(?:if you|si me|si tu|wenn du|se me|se mi|unless you|or i'?ll|prove|i'?ll be|please|por favor|bitte)\b",
    "own_work":
    r"\bmy (?:own )?(?:\w+ )?(?:bot|chatbot|app|code|script|server|router|prompt|students?|manager|boss|"
    r"teacher|class|essay|phone|firewall|repo\w*|file|config|project|team|printer|assistant|model|company|"
    r"forum|shop)\b|\b(?:our|meine?\w*|mi|mon|ma|meu|minha|mio|mia) (?:bot|chef|jefe|boss|app|server|"
    r"assistant|team)\b",
    "asks_about":
    r"\b(?:what (?:is|are|does|do|was|were|happens|would)|what's|how (?:do|does|did|can|is|are|many|would)|"
    r"why|who (?:is|are|made|created)|do you|are you|would you|could you|can you|is there|did you|which|"
    r"que es|como (?:funciona|se)|was ist|wie funktioniert|bist du|c'est quoi|comment|o que|cos'e|"
    r"come (?:funziona|si))\b",
    "make_believe":
    r"\b(?:pirate|captain|dragon|knight|king|queen|wizard|detective|sailor|villain|robot|butler|princess|"
    r"vampire|treasure|castle|once upon|game|let's play|role-?play|tavern|spell|quest|jugar|spielen|joue|"
    r"brincar|giochiamo)\b|\*\w",
    "code":
    r"[<>{}=`#\[\]|]|--|\b(?:python|linux|windows|git|regex|sql|grep|vim|java|kotlin|docker|function|method|"
    r"http\w*)\b",
    "question": r"\?",
    "begins_with_how": r"^\W*(?:how|what|which|where|is|does|can|wie|was|como|cual|comment|quel|qual|come|are|do)\b",
}  # fmt: skip
_CUES = tuple(re.compile(pattern) for pattern in _PATTERNS.values())
GRAVE = frozenset({"death", "life", "any_more", "end", "despair", "means", "harm", "violence"})
"""About three times as frequent in need as in small talk, or more: without one it takes more to believe in need."""
_GRAVE_COLUMNS = [column for column, name in enumerate(_PATTERNS) if name in GRAVE]
COUNT = len(_CUES)


def cues(text: str) -> Numbers:
    """Return for each cue 1 when `text`, which is folded, has it, otherwise 0."""
    return np.array([float(cue.search(text) is not None) for cue in _CUES])


def are_grave(found: Numbers) -> npt.NDArray[np.bool_]:
    """Return for each row of cues (or for the one there is) whether a grave one is among them."""
    return np.asarray(found[..., _GRAVE_COLUMNS].any(axis=-1))


def cues_digest() -> str:
    """Return a digest that changes with what is a cue."""
    return sha256(repr((list(_PATTERNS.items()), sorted(GRAVE))).encode()).hexdigest()

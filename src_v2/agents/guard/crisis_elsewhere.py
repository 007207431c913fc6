"""How people say it in Spanish, German, French, Portuguese and Italian; patterns see folded text."""

from src_v2.agents.guard.rules import Rule, rule

_SPANISH: tuple[Rule, ...] = (
    rule(
        "es_wish", "quier|quitarme|acabar|suicid|vivi|matarme|morirme|terminar|muert|mejor sin",
        r"\bquier[oa] (?:morir(?:me)?|matarme|suicidarme|desaparecer para siempre|acabar con (?:mi vida|todo))\b(?! "
        r"de)|"
        r"\bme quiero (?:morir|matar|suicidar)\b(?! de)|\b(?:quitarme la vida|acabar con mi vida|suicidarme)\b|"
        r"\bno quiero (?:seguir viviendo|vivir(?: mas)?)\b(?! (?:en|con|aqui|alli|sola?|cerca|toda|sin|asi de))|"
        r"\b(?:matarme|ahorcarme|cortarme las venas)\b|\b(?:no|sin|ningun\w*)\b.{0,20}\b(?:motivos?|razon(?:es)?|"
        r"sentido) (?:para|de) (?:vivir|seguir vivi\w+)\b|"
        r"\bpens\w+ en (?:el )?suicid|\b(?:hart|cansad)[oa] de vivir\b|\bterminar con (?:mi vida|todo)\b|\b(?:sin|"
        r"tengo|quedan) ganas de "
        r"vivir\b|\bojala (?:estuvier|estuvies)\w* muert|\b(?:preferiria|prefiero) estar muert|\bmejor sin mi\b|"
        r"\bno puedo seguir viviendo",
        language="es",
    ),
    rule(
        "es_harm", "me corto|me hago|autolesi|mi |me viol|abusaron", r"\bme corto (?:los brazos|las venas|las "
        r"munecas|la piel|otra vez)|"
        r"\bme hago dano a mi mism|\bme autolesion|\bmi (?:marido|esposo|padre|madre|novio|novia|pareja|papa|mama|ex|"
        r"hermano|mujer|esposa) me (?:pega|pego|golpea|golpeo|maltrata|amenaza|amenazo)\b|\bme (?:violo|violaron|"
        r"abusaron)\b|\bmiedo (?:de|a) que me mate",
        language="es",
    ),
)  # fmt: skip
_GERMAN: tuple[Rule, ...] = (
    rule(
        "de_wish", "sterben|umbring|umzubring|erhangen|aufhangen|leben|suizid|selbstmord|toten|bringe mich| tot|"
        "besser dran",
        r"\bich (?:will|mochte|moechte|wollte|wunschte)(?: \w+)?(?: \w+)? (?:sterben|tot sein|mich (?:umbringen|"
        r"toten)|nicht "
        r"mehr leben|meinem leben ein ende)\b|\bich (?:will|mochte|kann)(?: einfach| so)? nicht mehr leben\b|"
        r"\bich will sterben\b|\bich will mich umbringen\b|\bich bringe? mich(?: \w+){0,2} um\b|"
        r"\b(?:denke|habe|hab|gedanken)\b.{0,25}\b(?:selbstmord|suizid)|\bkeinen? (?:sinn|lust|kraft|grund)(?: "
        r"mehr)? zu leben\b|"
        r"\bmich (?:selbst )?(?:umzubringen|zu toten|erhangen|aufhangen|aufzuhangen)\b|\b(?:will|mochte|werde) mich "
        r"umbringen\b|\blebensmude\b|\b(?:ich )?(?:ware|wunschte ich ware)(?: \w+)? tot\b|\bam liebsten tot\b|"
        r"\bmein(?:em)? "
        r"leben (?:beenden|nehmen)\b|"
        r"\bmir das leben nehmen\b|\bohne mich besser dran",
        language="de", unless=r"\bsterben (?:fur|vor)\b",
    ),
    rule(
        "de_harm", "ritz|selbst|schlagt|mich", r"\britze mich\b|\bmich(?: \w+)? geritzt\b|\bverletze mich selbst\b|"
        r"\bmich "
        r"selbst verletz|\bmeine? (?:\w+ )?(?:mann|vater|mutter|freund|freundin|frau|ex|partner|bruder) (?:schlagt|"
        r"verprugelt|"
        r"misshandelt|bedroht) (?:mich|uns)\b(?! (?:im|beim|in))|"
        r"\bhat mich(?: \w+)? (?:geschlagen|verprugelt|vergewaltigt|missbraucht|gewurgt)\b",
        language="de", unless=r"\b(?:schach|spiel|tennis|rennen|karten)\b",
    ),
)  # fmt: skip
_FRENCH: tuple[Rule, ...] = (
    rule(
        "fr_wish", "mourir|tuer|pendre|suicid|en finir|vivre|fin a m|mieux sans|etre mort",
        r"\bje (?:veux|voudrais|vais)(?: \w+)? (?:mourir|me tuer|me suicider|en finir)\b(?! de)|\benvie (?:de "
        r"mourir|d'en finir|"
        r"de me tuer)\b(?! de)|\bne veux plus vivre\b(?! (?:a|avec|en|ici|dans|seule?|chez))|\b(?:idees|pensees) "
        r"suicidaires|"
        r"\bpens\w+ au suicide|\b(?:pens\w+|songe\w*|envie|decide\w*)\b.{0,30}\b(?:a|de) (?:me tuer|me pendre|"
        r"mourir)\b(?! de)|\b(?:plus|aucune|pas de)\b.{0,12}"
        r"\braisons? de vivre|\bmettre fin a (?:mes jours|ma vie)|\bplus envie de vivre\b|\b(?:fatiguee?|marre|"
        r"lasse?) de vivre\b(?! (?:a|avec|en|"
        r"ici|dans))|\bmieux sans moi\b|\bvoudrais etre morte?\b",
        language="fr",
    ),
    rule(
        "fr_harm", "scarifie|du mal|veines|me |m'a ", r"\bje me scarifie|\bje me fais du mal\b|\bme coupe les "
        r"veines|\b(?:mon (?:mari|pere|"
        r"copain|conjoint|ex|frere)|ma (?:mere|femme|copine)) me (?:frappe|bat|menace)\b(?! (?:a|aux|au))|\bm'a "
        r"(?:frappee?|violee?|battue?|etranglee?)\b",
        language="fr",
    ),
)  # fmt: skip
_PORTUGUESE: tuple[Rule, ...] = (
    rule(
        "pt_wish", "morrer|matar|minha vida|viver|suicid|da vida|sem mim|mort", r"\b(?:quero|queria|vou|vontade de|"
        r"pensando em|penso em) (?:morrer|me "
        r"matar|(?:acabar com|tirar)(?: a)? minha vida|suicid\w+)\b(?! de)|\bnao quero mais viver\b(?! (?:em|com|"
        r"aqui|no|na|"
        r"sozinh))|\bnao aguento mais viver\b|\bcansad[oa] de viver\b|\bsem vontade de viver\b|\bdesistir da vida\b|"
        r"\bmelhor sem mim\b|"
        r"\bqueria estar mort|\b(?:sem|nao|nenhum\w*)\b.{0,20}\b(?:motivos?|razao|razoes|sentido) (?:para|pra|em) "
        r"viver|\bpenso em suicidio",
        language="pt",
    ),
    rule(
        "pt_harm", "me cort|me machuc|me bate|me ", r"\bme cort(?:ei|o) (?:de novo|outra vez|os (?:bracos|pulsos)|"
        r"de proposito)|\bme "
        r"machuco de proposito|\b(?:meu|minha) (?:pai|mae|marido|namorado|namorada|esposo|esposa|ex) me (?:bate|"
        r"bateu|ameaca|"
        r"agride|agrediu|espanca)\b|\bme (?:estuprou|estupraram)\b",
        language="pt",
    ),
)  # fmt: skip
_ITALIAN: tuple[Rule, ...] = (
    rule(
        "it_wish", "morire|uccider|ammazzar|finita|vivere|suicid|togliermi|morta|morto|senza di me|mia vita",
        r"\b(?:voglio|vorrei|penso di|pensando di|sto per) (?:morire|uccidermi|ammazzarmi|farla finita|suicidarmi|"
        r"togliermi la "
        r"vita|essere mort[oa])\b(?! (?:di|dal))|\bnon voglio piu vivere\b(?! (?:a|con|in|qui|da sol))|\bpens\w+ al "
        r"suicidio|\bstanc[oa] di vivere\b|\bnon ce la faccio piu a "
        r"vivere|\bmeglio senza di me\b|\bfinire la mia vita\b|\btogliermi di mezzo\b|\bnon (?:ho|vedo|trovo|"
        r"c'e)\b.{0,20}\b(?:voglia di|motiv[io] per|ragion[ei] (?:per|di)|senso (?:di|a)) vivere\b|\b(?:uccidermi|"
        r"ammazzarmi|suicidarmi|"
        r"impiccarmi)\b",
        language="it",
    ),
    rule(
        "it_harm", "mi ", r"\bmi taglio (?:le|i|la) (?:braccia|vene|polsi|gambe|pelle)|\bmi faccio del male\b|"
        r"\bmi[oa] (?:marito|padre|madre|fidanzato|fidanzata|ragazzo|ex|compagno|moglie|patrigno) mi (?:picchia|"
        r"mena|minaccia)\b|\bmi ha "
        r"(?:picchiat|violentat|stuprat)[ao]\b",
        language="it",
    ),
)  # fmt: skip
OTHERS = (*_SPANISH, *_GERMAN, *_FRENCH, *_PORTUGUESE, *_ITALIAN)

"""How people say in Spanish, German, French, Portuguese and Italian what they want to reach. As in `stating_en`."""

from dataclasses import dataclass

from src_v2.evolution.goals import stating_en


@dataclass(frozen=True, slots=True)
class Language:
    """The patterns of one language; what each is for is said in `stating_en`. `lasting_anywhere`: verbs come last."""

    help: str
    wanting: str
    meaning_it: str
    under_way: str
    lasting: str
    ends: str
    extras: str
    lasting_anywhere: bool = False
    preparing: str = r"(?!)"


ENGLISH = Language(
    stating_en.HELP, stating_en.WANTING, stating_en.MEANING_IT, stating_en.UNDER_WAY, stating_en.LASTING,
    stating_en.ENDS, stating_en.EXTRAS, preparing=stating_en.PREPARING,
)  # fmt: skip
SPANISH = Language(
    help=r"(?:¿?(?:me )?(?:puedes|podrías) )?ay[uú]da(?:s|me|rme)?(?:\s+(?:por favor ))? a|¿?me ayudas a",
    wanting=(
        r"(?:yo )?(?:de verdad )?(?:quiero|quisiera|necesito|espero|pienso|planeo|voy a|he decidido|decidí"
        r"|(?:me|nos) (?:gustar[ií]a|encantar[ií]a))|tengo que|(?:estoy )?(?:intentando|tratando de)"
    ),
    meaning_it=(
        r"mi (?:gran |mayor |próxim[oa] |principal )?(?:meta|objetivo|sueño|propósito)(?: (?:este|para este"
        r"|de este) \w+)? es"
        r"|me he propuesto|me propuse"
    ),
    under_way=r"estoy (?=(?:ahorrando|entrenando) para\b)",
    lasting=(
        r"(?:terminar|acabar|escribir|defender|entregar|publicar)\b(?=.{0,40}\b(?:tesis|tfg|tfm|carrera"
        r"|máster|novela|libro"
        r"|doctorado|disco|poemas|memorias)\b)|(?:correr|hacer|terminar)\b(?=.{0,25}\b(?:marat[oó]n"
        r"|triatl[oó]n|carrera)\b)"
        r"|aprender (?!(?:de|más|sobre|algo|qué|lo|todo|cómo (?:te|se))\b)\w|(?:dejar|parar) (?:de (?:fumar"
        r"|beber|tomar|comer)"
        r"|el (?:tabaco|alcohol|azúcar)|mi trabajo)|(?:bajar|perder|adelgazar)\b(?=.{0,20}\b(?:kilos?|peso|\d+)\b)"
        r"|adelgazar\b|ahorrar\b|(?:abrir|montar|fundar|empezar|crear) (?:un|una"
        r"|mi)\b(?=(?: \w+){0,2} (?:negocio|empresa"
        r"|cafetería|tienda|restaurante|panadería|librería|podcast|granja|escuela|canal)\b)"
        r"|(?:aprobar|preparar|pasar|sacar(?:me)?)\b(?=.{0,30}\b(?:ex[aá]men(?:es)?|oposici[oó]n(?:es)?"
        r"|carn[eé]t?|selectividad"
        r"|título|b2|c1)\b)|comprar(?:me)? (?:un|una|mi)\b(?=(?: \w+){0,2} (?:casa|piso|coche|barco|terreno)\b)"
        r"|mudarme a (?-i:[A-Z])|viajar (?:a|por)\b|leer (?:más|\d+|\w+ libros)\b|comer (?:menos|mejor|más sano)"
        r"|(?:encontrar|buscar) (?:un )?(?:nuevo )?(?:trabajo|piso)\b|(?:mejorar|superar) \w|ser (?:mejor|más)\b"
        r"|ponerme en forma|hacer ejercicio|graduarme|convertirme en"
    ),
    ends=r"\s+(?:pero|porque|si|aunque|cuando|para que|mientras)\b",
    extras=r"por favor|ahora|hoy|de una vez|por fin",
)
GERMAN = Language(
    help=(
        r"(?:(?:kannst|könntest|würdest) du mir (?:bitte )?(?:dabei )?helfen|hilf mir(?: bitte)?(?: dabei)?)\s*,?\s*"
        r"(?=.{3,80}\bzu\b|.{3,80}\w+zu\w+en\b)"
    ),
    wanting=(
        r"ich (?:will|möchte|würde (?:so )?gerne?|muss|werde|versuche|plane|habe (?:mich )?entschieden"
        r"|habe beschlossen)"
        r"(?: (?:wirklich|endlich|unbedingt|gerade|jetzt|so gerne?))*\s*,?"
    ),
    meaning_it=(
        r"mein (?:großes |größtes |nächstes |wichtigstes )?(?:ziel|traum|vorsatz"
        r"|großer traum)(?: für \w+)? ist(?: es)?\s*,?"
        r"|ich habe mir (?:fest )?vorgenommen\s*,?|ich habe mir (?:das|zum) ziel gesetzt\s*,?"
    ),
    under_way=r"ich (?=(?:spare (?:auf|für)|trainiere für)\b)",
    lasting=(
        r"(?:marathon|halbmarathon|triathlon)\b.{0,30}\b(?:\w*laufen|schaffen|finishen|bestreiten|machen)\b"
        r"|mit dem (?:rauchen|trinken|kiffen) auf(?:zu)?hören|\bab(?:zu)?nehmen\b"
        r"|(?<!dich )(?<!euch )(?<!mehr )(?<!sie )(?<!ihn )\b(?:zu )?lernen\b"
        r"|(?:\w*arbeit|dissertation|thesis|roman|buch|studium|ausbildung|album)\b.{0,40}(?:schreib|abgeb"
        r"|abzugeb|fertig|abschließ"
        r"|beend|veröffentlich)\w*|(?:führerschein|abitur|prüfung|examen|meister)\b.{0,30}(?:machen|bestehen"
        r"|schaffen|bestanden)"
        r"|(?:café|firma|laden|geschäft|restaurant|podcast|unternehmen|bäckerei|hof)\b.{0,20}(?:eröffn|gründ"
        r"|start|aufmach)\w*"
        r"|\b(?:zu )?sparen\b|(?:jeden (?:tag|morgen|abend)|täglich|jede woche|\w+ ?mal (?:pro|die|in der) woche)\b"
        r"|nach (?-i:[A-ZÄÖÜ])\w+ (?:ziehen|auswandern|reisen)|fit(?:ter)? werden|gesünder (?:essen|leben|werden)"
        r"|(?-i:\b[A-ZÄÖÜ]\w+) werden\b|(?:job|wohnung|stelle)\b.{0,15}finden|(?:haus|wohnung"
        r"|boot)\b.{0,20}(?:kaufen|bauen)"
        r"|mehr lesen|weniger (?:essen|trinken|zucker|fleisch|arbeiten)|schulden\b.{0,20}(?:abbezahl|tilg)\w*"
    ),
    ends=r"\s+(?:aber|weil|wenn|obwohl|denn|damit)\b",
    extras=r"bitte|jetzt|heute",
    lasting_anywhere=True,
)
FRENCH = Language(
    help=r"(?:(?:peux|pourrais)[- ]tu m['’]aider|tu (?:peux|pourrais) m['’]aider|aide[- ]moi) [àa]",
    wanting=(
        r"je (?:veux|voudrais|souhaite|compte|vais|dois|pense)(?: vraiment| enfin| bien)*|j['’](?:aimerais"
        r"|adorerais|espère)"
        r"(?: vraiment| tant| bien)*|j['’](?:essaie|essaye|ai décidé) (?:de |d['’])"
        r"|je suis en train d['’]essayer (?:de |d['’])"
    ),
    meaning_it=(
        r"mon (?:grand |premier |prochain |plus grand )?(?:objectif|but|rêve|projet)(?: (?:cette"
        r"|pour cette) \w+)? (?:est|c['’]est)"
        r" (?:de |d['’])|ma résolution est (?:de |d['’])|je me suis (?:fixé pour objectif|promis) (?:de |d['’])"
    ),
    under_way=r"(?:j['’](?=économise pour\b)|je m['’](?=entraîne pour\b)|je (?=m['’]entraîne pour\b))",
    lasting=(
        r"(?:finir|terminer|écrire|soutenir|rendre|publier)\b(?=.{0,40}\b(?:thèse|mémoire|roman|livre|master"
        r"|études|doctorat"
        r"|album|poèmes)\b)|(?:courir|faire|finir)\b(?=.{0,25}\b(?:marathon|semi-marathon|triathlon)\b)"
        r"|apprendre (?!(?:de|plus|ce|que|quelque|comment (?:tu|il|elle)|tout)\b)\w|arrêter (?:de (?:fumer"
        r"|boire)|le tabac|l['’]alcool"
        r"|le sucre)|(?:perdre|maigrir)\b(?=.{0,20}\b(?:kilos?|poids|\d+)\b)|maigrir\b|économiser\b"
        r"|mettre de l['’]argent de côté"
        r"|(?:ouvrir|monter|créer|lancer|fonder) (?:un|une|mon|ma)\b(?=(?: \w+){0,2} (?:entreprise|boutique"
        r"|librairie|restaurant"
        r"|café|boulangerie|podcast|ferme|école|chaîne)\b)|(?:réussir|passer|préparer"
        r"|avoir)\b(?=.{0,30}\b(?:examens?|permis"
        r"|concours|bac|entretien)\b)|acheter (?:un|une|mon|ma)\b(?=(?: \w+){0,2} (?:maison|appartement"
        r"|voiture|bateau)\b)"
        r"|déménager (?:à|en|au) (?-i:[A-Z])|voyager (?:en|au|à)\b|lire (?:plus|davantage|\d+)\b"
        r"|manger (?:moins|mieux|plus sain)"
        r"|trouver un (?:nouveau )?(?:travail|emploi|appartement|boulot)\b|(?:améliorer|surmonter) \w"
        r"|devenir \w|(?:me )?remettre en forme"
    ),
    ends=r"\s+(?:mais|parce que|si|quand|pour que|même)\b",
    extras=r"s['’]il te plaît|stp|maintenant|aujourd['’]hui|enfin",
)
PORTUGUESE = Language(
    help=r"(?:você )?(?:pode |podes |poderia )?me (?:ajuda|ajude|ajudar)(?: por favor)? a|ajuda-me a",
    wanting=(
        r"(?:eu )?(?:quero|queria muito|preciso(?: de)?|espero|pretendo|planejo|vou|decidi"
        r"|gostaria (?:muito )?de|adoraria)"
        r"(?: muito| mesmo| finalmente)*|(?:eu )?(?:estou|tô|ando) tentando|estou a tentar"
    ),
    meaning_it=(
        r"(?:a )?minha (?:grande |maior |próxima )?(?:meta|resolução)(?: (?:este|para este|deste) \w+)? é"
        r"|(?:o )?meu (?:grande |maior |próximo )?(?:objetivo|objectivo|sonho)(?: (?:este|para este|deste) \w+)? é"
    ),
    under_way=r"(?:estou|tô) (?=(?:juntando dinheiro|economizando|poupando|treinando) (?:para|pra)\b)",
    lasting=(
        r"(?:terminar|acabar|escrever|defender|entregar|concluir|publicar)\b(?=.{0,40}\b(?:tese|tcc"
        r"|dissertação|mestrado|doutorado"
        r"|livro|romance|faculdade|curso)\b)|(?:correr|fazer|terminar)\b(?=.{0,25}\b(?:maratona"
        r"|meia-maratona|triatlo)\b)"
        r"|aprender (?!(?:de|mais|sobre|algo|o que|tudo|como (?:você|ele))\b)\w|(?:parar|deixar) de (?:fumar"
        r"|beber)|largar o cigarro"
        r"|(?:perder|emagrecer)\b(?=.{0,20}\b(?:quilos?|peso|\d+)\b)|emagrecer\b|(?:juntar dinheiro"
        r"|economizar|poupar)\b"
        r"|(?:abrir|montar|fundar|criar|começar) (?:um|uma|meu|minha)\b(?=(?: \w+){0,2} (?:negócio|empresa"
        r"|loja|restaurante|café"
        r"|padaria|livraria|podcast|escola|canal)\b)|(?:passar|tirar)\b(?=.{0,30}\b(?:prova|exame|vestibular"
        r"|concurso|carteira|carta)\b)"
        r"|comprar (?:um|uma|meu|minha)\b(?=(?: \w+){0,2} (?:casa|apartamento|carro|barco)\b)"
        r"|me mudar para (?-i:[A-Z])"
        r"|viajar (?:para|ao|à|pelo)\b|ler (?:mais|\d+)\b|comer (?:menos|melhor)|(?:encontrar"
        r"|arranjar) um (?:novo )?emprego\b"
        r"|(?:melhorar|superar) \w|me formar\b"
    ),
    ends=r"\s+(?:mas|porque|se|quando|embora)\b",
    extras=r"por favor|agora|hoje",
)
ITALIAN = Language(
    help=r"(?:puoi |potresti )?(?:aiutami|aiutarmi|mi aiuti)(?: per favore)? a",
    wanting=(
        r"(?:io )?(?:voglio|vorrei|devo|spero di|penso di|ho deciso di|mi piacerebbe)(?: davvero| proprio"
        r"| finalmente| tanto)*"
        r"|sto cercando di|sto provando a|ho intenzione di"
    ),
    meaning_it=(
        r"(?:il )?mio (?:grande |prossimo |più grande |primo )?(?:obiettivo|sogno|scopo"
        r"|proposito)(?: (?:quest['’]|per quest['’])\w+)?"
        r" è(?: di| quello di)?|mi sono (?:promesso|promessa|prefisso|prefissa) di"
    ),
    under_way=r"(?:mi )?sto (?=(?:risparmiando|allenando(?:mi)?) per\b)|mi (?=alleno per\b)",
    lasting=(
        r"(?:finire|terminare|scrivere|discutere|consegnare|pubblicare)\b(?=.{0,40}\b(?:tesi|romanzo|libro"
        r"|università|dottorato|laurea"
        r"|album)\b)|(?:correre|fare|finire)\b(?=.{0,25}\b(?:maratona|mezza maratona|triathlon)\b)"
        r"|imparare (?!(?:da|di più|qualcosa|cosa|come (?:tu|lui|lei))\b)\w|smettere di (?:fumare|bere)"
        r"|(?:perdere|dimagrire)\b(?=.{0,20}\b(?:chili|peso|kg|\d+)\b)|dimagrire\b|risparmiare\b"
        r"|(?:aprire|fondare|avviare|creare) (?:un|una|il mio|la mia)\b(?=(?: \w+){0,2} (?:attività|azienda"
        r"|negozio|ristorante"
        r"|libreria|panetteria|podcast|scuola|bar|caffè)\b)|(?:passare|superare|preparare"
        r"|prendere)\b(?=.{0,30}\b(?:esam[ei]"
        r"|patente|concorso|diploma)\b)|comprare (?:un|una|la mia)\b(?=(?: \w+){0,2} (?:casa|appartamento"
        r"|macchina|barca)\b)"
        r"|trasferirmi (?:a|in) (?-i:[A-Z])|viaggiare (?:in|a|per)\b|leggere (?:di più|\d+)\b"
        r"|mangiare (?:meno|meglio)"
        r"|trovare un (?:nuovo )?lavoro\b|migliorare \w|diventare \w|laurearmi\b|rimettermi in forma"
    ),
    ends=r"\s+(?:ma|perché|se|quando|anche se)\b",
    extras=r"per favore|adesso|oggi|finalmente",
)
LANGUAGES = (ENGLISH, SPANISH, GERMAN, FRENCH, PORTUGUESE, ITALIAN)

"""Nouns that statements are read with, as alternatives of a pattern: relatives, animals, occupations, languages."""

RELATIVES = (
    "(?:(?:older|elder|eldest|younger|youngest|little|big|twin|other|best|late|ex|ex-|step|half|great) ?)?"
    "(?:mother|mum|mom|father|dad|parents|sister|brother|wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?|son"
    "|daughter|child|kid|baby|grandmother|grandma|nan|grandfather|grandpa|granddad|aunt|uncle|cousin|niece|nephew"
    "|mother-in-law|father-in-law|sister-in-law|brother-in-law|friend|flatmate|roommate|housemate|neighbou?r|boss"
    "|manager|colleague|coworker|teacher|therapist|doctor|landlord|landlady|godson|goddaughter|spouse|ex)"
)
PETS = (
    "(?:dog|puppy|cat|kitten|hamster|rabbit|bunny|horse|pony|parrot|bird|budgie|canary|fish|goldfish"
    "|turtle|tortoise|snake"
    "|lizard|gecko|guinea pig|rat|mouse|ferret|hedgehog|chicken|hen|goat|sheep|cow|pig|donkey|duck"
    "|goose|tarantula|spider)"
)
OCCUPATIONS = (
    "(?:nurse|teacher|doctor|engineer|programmer|developer|designer|writer|author|lawyer|student|chef|cook|baker|farmer"
    "|gardener|carpenter|plumber|electrician|mechanic|pilot|sailor|soldier|police officer|firefighter|paramedic|dentist"
    "|vet|pharmacist|scientist|biologist|chemist|physicist|mathematician|historian|librarian"
    "|journalist|editor|translator"
    "|interpreter|musician|painter|artist|photographer|architect|accountant|banker|economist|consultant|salesperson"
    "|cashier|waiter|waitress|bartender|barista|driver|truck driver|postman|cleaner|secretary|therapist|psychologist"
    "|social worker|midwife|surgeon|professor|researcher|freelancer|potter|tailor|hairdresser|actor|actress|dancer)"
)
LANGUAGES = {
    "english": "English", "spanish": "Spanish", "german": "German", "french": "French", "italian": "Italian",
    "portuguese": "Portuguese", "dutch": "Dutch", "norwegian": "Norwegian", "swedish": "Swedish", "danish": "Danish",
    "finnish": "Finnish", "polish": "Polish", "czech": "Czech", "russian": "Russian", "ukrainian": "Ukrainian",
    "turkish": "Turkish", "greek": "Greek", "arabic": "Arabic", "hebrew": "Hebrew", "hindi": "Hindi",
    "japanese": "Japanese", "korean": "Korean", "chinese": "Chinese", "mandarin": "Mandarin", "catalan": "Catalan",
    "basque": "Basque", "galician": "Galician", "hungarian": "Hungarian", "romanian": "Romanian", "welsh": "Welsh",
    "irish": "Irish", "vietnamese": "Vietnamese", "thai": "Thai", "indonesian": "Indonesian", "latin": "Latin",
}  # fmt: skip

FEELINGS = {
    "like": "likes", "enjoy": "likes", "adore": "loves", "love": "loves", "prefer": "likes", "dislike": "dislikes",
    "hate": "hates", "detest": "hates", "loathe": "hates", "can't stand": "hates", "can’t stand": "hates",
}  # fmt: skip

RELATIVES_ES = (
    "(?:madre|mamá|padre|papá|padres|hermana|hermano|mujer|esposa|marido|esposo|pareja|novia|novio|prometida|prometido"
    "|hija|hijo|abuela|abuelo|tía|tío|prima|primo|sobrina|sobrino|suegra|suegro|cuñada|cuñado|amiga|amigo|compañera"
    "|compañero|vecina|vecino|jefa|jefe|profesora|profesor|exnovia|exnovio|exmarido|exmujer)"
    "(?: (?:mayor|menor|pequeñ[ao]|gemel[ao]))?"
)
PETS_ES = (
    "(?:perr[oa]|perrit[oa]|gat[oa]|gatit[oa]|hámster|conej[oa]|caballo|yegua|loro|pájaro|canario|pez|tortuga|serpiente"
    "|lagartija|cobaya|rata|ratón|hurón|gallina|cabra|oveja|vaca|cerdo|burr[oa]|pat[oa])"
)
LANGUAGES_ES = {
    "inglés": "English", "ingles": "English", "español": "Spanish", "castellano": "Spanish", "alemán": "German",
    "francés": "French", "italiano": "Italian", "portugués": "Portuguese", "catalán": "Catalan", "gallego": "Galician",
    "euskera": "Basque", "japonés": "Japanese", "chino": "Chinese", "ruso": "Russian", "noruego": "Norwegian",
    "sueco": "Swedish", "polaco": "Polish", "holandés": "Dutch", "neerlandés": "Dutch", "árabe": "Arabic",
    "coreano": "Korean", "turco": "Turkish", "griego": "Greek",
}  # fmt: skip

"""How such attempts are worded in other languages than English; patterns see folded text."""

from src_v2.agents.guard.rules import Rule, rule

_THEIR_RULES = (
    r"(?:instrucciones|reglas|directrices|ordenes|indicaciones|anweisungen|regeln|instruktionen|vorgaben|befehle|"
    r"instructions|consignes|regles|directives|instrucoes|regras|diretrizes|istruzioni|regole|direttive)"
)
_THEIR_VERBS = (
    r"(?:ignora|olvida|desobedece|omite|descarta|ignoriere?|vergiss|missachte|ignore[sz]?|oublie[sz]?|esqueca|"
    r"desconsidere|dimentica|scorda)"
)
OTHERS: tuple[Rule, ...] = (
    rule(
        "ignore_instructions", "instruc|regla|regeln|anweisung|consigne|regles|regras|regole|istruzion|direttiv|"
        "vorgaben|"
        "befehle|directives",
        rf"\b{_THEIR_VERBS}\b(?: \w+){{0,3}}? (?:tus|todas|tes|toutes|tue|tutte|deine|alle|ihre|suas|todas as|vos|"
        rf"vostre|"
        rf"sus|anteriores|precedentes|bisherigen|vorherigen)\b(?: \w+){{0,3}}? ?{_THEIR_RULES}\b",
        language="xx",
    ),
    rule(
        "prompt", "prompt|ocult|versteckt|cachee|nascost|geheim|secret",
        r"\b(?:prompt (?:del|de|do|di) sistema|system-?prompt|prompt systeme|instrucciones ocultas|istruzioni "
        r"nascoste|"
        r"instructions cachees|consignes cachees|versteckten anweisungen|geheimen anweisungen|instrucoes ocultas)\b"
        r"(?! (?:for|para mi|fur mein|pour mon|per il mio))",
        language="xx",
        unless=r"\b(?:what is an?|my own|was ist|que es un|my system|meinen|mein|mi propio|own)\b|(?<!your "
        r")\bsystem prompt\b",
    ),
    rule(
        "their_rules", "regl|regel|reglas|instruc|anweis|consign|istruz|regol|regra|prompt",
        rf"\b{_THEIR_VERBS}\b(?: \w+){{0,3}}? {_THEIR_RULES} (?:anteriores|previas|precedentes|precedenti|"
        rf"anteriori)\b|"
        r"\b(?:deine[mnrs]?|tu|tus|ton|tuo|seu|teu) (?:system-?)?prompt\b|\bcomme si tu n'avais (?:aucune|pas de) "
        r"(?:regle|limite|consigne)|"
        rf"\b(?:montre|affiche|donne|muestra|ensena|dime|zeig|gib|nenn|mostra|dammi|mostre|"
        rf"diga)\w*\b.{{0,15}}\b(?:tes|tus|deine|tue|suas) "
        rf"{_THEIR_RULES}\b(?! (?:para|fur|pour|per) )",
        language="xx",
    ),
    rule(
        "internal", "intern|secret|geheim|ocult|original|wortlich|textual|mot pour mot|palabra por|palavra por|"
        "parola per",
        r"\b(?:internen|geheimen|ursprunglichen) (?:anweisungen|regeln|vorgaben|instruktionen)|\b(?:instrucciones|"
        r"reglas|instrucoes|"
        r"regras|istruzioni|regole|instructions|consignes) (?:internas|secretas|ocultas|originales|originais|"
        r"interne|segrete|originali|"
        r"internes|secretes)\b|\b(?:wortlich|textualmente|mot pour mot|palabra por palabra|palavra por palavra|"
        r"parola per parola)\b"
        r".{0,30}\b(?:deine|tus|tes|tue|suas|seu|tuo|tu|ton|dein)\b.{0,12}(?:anweisung|instruc|istruzion|consigne|"
        r"prompt)",
        language="xx",
    ),
    rule(
        "no_rules", "sin |ohne |sans |senza |sem ",
        r"\b(?:modelo|modell|modele|model|ia|ki|actua|antworte|reponds|rispondi|responda|"
        r"asistente)\b.{0,30}\b(?:sin|ohne|sans|senza|sem) "
        r"(?:\w+ )?(?:filtros?|restricciones|limites|einschrankungen|filter|regeln|restrictions?|regles|restrizioni|"
        r"filtri|regole|"
        r"restricoes|regras)\b",
        language="xx",
    ),
    rule(
        "mode", "desarrollador|entwicklermodus|developpeur|desenvolvedor|sviluppatore",
        r"\b(?:activa|aktivier\w*|active[sz]?|ativ\w+|attiva)\b(?: \w+){0,2}? (?:modo (?:de )?desarrollador|"
        r"entwicklermodus|mode developpeur|modo (?:de )?desenvolvedor|modalita sviluppatore)",
        language="xx", unless=r"\b(?:android|handy|movil|telefono|telephone|celular|como|wie)\b",
    ),
    rule("russian", "игнориру|забуд", r"(?:игнорируи\w*|забудь)\b.{0,30}\bинструкци", language="xx"),
    rule("chinese", "忽略|无视", r"(?:忽略|无视).{0,10}(?:指令|指示|说明|规则)", language="xx"),
    rule("japanese", "無視|忘れ", r"(?:指示|命令|ルール|設定).{0,8}(?:無視|忘れ)", language="xx"),
)  # fmt: skip

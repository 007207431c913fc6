"""How people say in English that they want to die, hurt themselves, or are in danger."""

from src_v2.agents.guard.rules import Rule, rule

ABOUT_OTHERS = "others"
"""The rule is about somebody else than the one who writes: a story may be, too."""
EARNEST = "earnest"
"""No joke and no figure of speech is told in these words."""

_PEOPLE = (
    r"(?:dad|father|mom|mum|mother|husband|wife|boyfriend|girlfriend|partner|ex|stepdad|stepfather|stepmother|uncle|"
    r"brother|sister|parents|son|daughter|friend|roommate|cousin|kid|child)"
)
_PILLS = r"(?:pills|tablets|meds|medication|painkillers|paracetamol|ibuprofen|antidepressants)"
_WISH = (
    r"\b(?:want|wanna|wanted|going|gonna|ready|trying|tried|plan|planning|urge|thinking|thought|thoughts|think|feel "
    r"like|"
    r"need|decided|about|considering|dream)\b(?: (?:to|on|of|about|just))*"
)

ENGLISH: tuple[Rule, ...] = (
    rule(
        "wish_to_die", "die|dying|dead",
        rf"{_WISH} (?:die|dying|be dead)\b(?! (?:of|from|laughing|for|on this hill|my hair|inside))|"
        r"\bi wish i (?:was|were) dead\b|\bwish i had never (?:been born|woken)|\bwish i would ?n[o']t wake up",
        unless=r"\b(?:i (?:do ?n[o']t|dont|never) (?:want|wanna)(?: to)? die|rather die|plants?|afraid of dying|"
        r"scared of "
        r"dying|phone|battery)\b",
    ),
    rule(
        "kill_myself", "myself|my self|my life|my own life|it all|suicide",
        r"\bkill(?:ing|ed)? my ?self\b|\b(?:end|ending|take|taking|ended) my (?:own )?life\b(?!'s)|\bend(?:ing)? it "
        r"all\b|"
        rf"\bhang(?:ing)? my ?self\b|\bi(?:'m|'ve|m)?\b.{{0,30}}{_WISH} (?:commit(?:ting)? )?suicide\b|"
        rf"\bcommit(?:ting)? suicide\b.{{0,20}}\bi\b|"
        r"\bi(?:'ve| have)?(?: \w+)? attempted suicide|\bmy (?:last )?suicide attempt",
        unless=r"\b(?:movie|film) about suicide|\bsuicide (?:squad|prevention)|\bif (?:i (?:have|hear|see|get)|"
        r"there|they|"
        r"he|she|this|it)\b.{0,60}\b(?:another|again|one more)\b",
    ),
    rule("suicidal", "suicidal", r"\b(?:i|i'm|im|am|feel|feeling|been|me)\b.{0,20}\bsuicidal\b"),
    rule("kms", "kms", r"\bkms\b(?! (?:away|an hour|per|from|to|long|of|per hour))", unless=r"\d ?kms\b|\bkms of\b"),
    rule(
        "tired_of_life", "live|living|alive|exist|wake up|be here|go on",
        r"\b(?:do ?n[o']?t|not|never|no longer) (?:really )?(?:want|wanna)(?: to)? (?:live|be alive|exist|wake up|"
        r"go on "
        r"living)\b(?:,? any ?more)?(?! (?:in|at|with|on|near|here|there|by|next|without|early|like|alone|under|so|"
        r"for|"
        r"to (?:see|the)))|\b(?:do ?n[o']?t|not) (?:want|wanna)(?: to)? be here any ?more(?:\W*$|.{0,40}\b(?:planet|"
        r"world|"
        r"earth|alive|life)\b)|\bcan(?:no|')?t go on living\b|\bno (?:reason|point|use) (?:to|in|for) (?:keep |go "
        r"on )?"
        r"(?:liv\w+|being alive|existing)|\b(?:life|living) (?:is ?n[o']t|is not|not|isnt) worth (?:living|it|"
        r"anything)",
    ),
    rule(
        "weary", "tired of|sick of|done with|exhausted|asleep|wake up|easier if|never been born|born|exist|hate "
        "being|thoughts of|if i died",
        r"\b(?:tired|sick|exhausted|weary) of (?:living|life|being alive|existing)\b|\bdone with (?:life|living)\b|"
        r"\bhate being alive\b|"
        r"\b(?:fall asleep|go to sleep|sleep)\b.{0,15}\b(?:never|not) wake up|\beasier if i (?:was|were|am) (?:dead|"
        r"gone)|\beasier if i "
        r"(?:was ?n[o']t|were ?n[o']t) (?:here|alive|around)|\bwish i (?:did ?n[o']t|had never) exist|\bwish i "
        r"(?:was|were|had) never "
        r"(?:been )?born|\bthoughts of (?:dying|death|ending)|\b(?:any ?one|any ?body)\b.{0,20}\b(?:care|notice|"
        r"miss me) if i (?:died|was "
        r"gone|were gone|disappeared|was dead|were dead)|\bif i died (?:tonight|tomorrow|today)",
        unless=r"\btired of (?:living|life) (?:in|with|at|here)\b",
    ),
    rule(
        "no_reason", "to live|living|stay alive|be dead|being alive",
        r"(?:\b(?:no|not|dont|without|lost|never|nothing|any|hardly)|n't)\b.{0,25}\b(?:reasons?|will|strength|"
        r"energy|desire|motivation) (?:left )?"
        r"(?:to|in|for) (?:live|living|go on living|stay(?:ing)? alive|keep living|being alive)\b(?! (?:in|at|with|"
        r"here|there))|"
        r"\b(?:rather|sooner) be dead\b(?! than)",
    ),
    rule(
        "suicide_word", "suicid|self-harm|self harm|selfharm",
        r"\b(?:i|i'm|i've|im|my|me)\b.{0,60}\bsuicide\b|\bsuicide\b.{0,30}\b(?:my mind|my head|my only|me)\b|"
        r"\bself[- ]?harm(?:ed|ing)?\b",
        unless=r"\b(?:squad|prevention|hotline|volunteer\w*|films?|movies?|books?|documentary|article|play|song|"
        r"deadline|career|commercial|"
        r"monologue|door|policy|paper|thesis|class|lecture|course)\b",
    ),
    rule(
        "own_hand", "myself|in front of", r"\b(?:hang|hanging|shoot|shooting|drown|drowning|poison|"
        r"poisoning)(?:ed)? my ?self\b(?! in the foot)|"
        r"\b(?:want|going|gonna|think\w*|thought|ready|about) (?:to|about|of) (?:jump\w*|throw\w* myself|step\w*) "
        r"in front of (?:a|the)",
    ),
    rule(
        "burden", "better off|miss me|notice if i",
        r"\bbetter off (?:dead|without me\b(?! (?:on the|in the|at the|as (?:a|their))))|\b(?:nobody|no ?one) "
        r"(?:would|will|'d) "
        r"(?:even )?(?:miss me|notice if i (?:was|were|am|died))\b",
    ),
    rule(
        "self_harm", "cut|harm|burn|hurt|blade|razor",
        r"\bcutting (?:is the only|helps|again|makes it)|\bi(?:'ve)? (?:relapsed|started cutting)\b|\b(?:blade|"
        r"razor)\b.{0,30}\bmy (?:wrists?|"
        r"arms?|skin|thighs?)\b|\bcut(?:ting)? my (?:wrists?|arms?|thighs?|veins)\b|"
        r"\bi(?:'ve| have|'m| am|m)?\b.{0,25}\b(?:cut|cutting|burn(?:ed|t|ing)?|harm(?:ed|ing)?) my ?self\b|"
        r"\b(?:hurt(?:ing)? my ?self (?:on purpose|deliberately|again|when|because)|keep hurting my ?self|want to "
        r"hurt "
        r"my ?self|hurting my ?self)\b|\b(?:i|my|me|urges? to)\b.{0,30}\bself[- ]?harm",
        unless=r"\b(?:shav\w+|cook\w*|chopp\w+|onions?|kitchen|by accident|accidentally|paper|playing|football|gym|"
        r"stove|oven|kettle|iron|sun|coffee|tea|pan|candle|running|slack|short|off from|volunteer\w*)\b",
    ),
    rule(
        "overdose", "overdos|pills|tablets|meds|medication|painkillers|paracetamol",
        rf"\bi\b.{{0,25}}\boverdos(?:ed|ing)\b|\b(?:took|take|taken|taking|swallow\w*)\b.{{0,20}}\b(?:all (?:of "
        rf")?my|whole "
        rf"(?:bottle|pack|box) of|too many|bottle of|handful of|all the|enough)(?: \w+)? {_PILLS}\b|"
        rf"\bhow many\b.{{0,20}}\b{_PILLS}\b.{{0,25}}\b(?:to die|lethal|kill|be enough)\b|"
        rf"\benough (?:\w+ )?{_PILLS} to\b|\bswallowed\b.{{0,20}}\b{_PILLS}\b|\b(?:took|taken) (?:\d{{2,}}|twenty|"
        rf"thirty|forty|fifty|"
        rf"a lot of|lots of|loads of|so many) (?:\w+ )?{_PILLS}\b",
        tags=(EARNEST,),
    ),
    rule(
        "method", "way|rope|bridge|letter|note|roof|ledge",
        r"\b(?:painless|least painful|easiest|quickest|fastest|best)(?: \w+)? (?:way|method)s?(?: for me)? (?:to|"
        r"of) (?:die|"
        r"dying|kill(?:ing)? (?:my|your|one)self|suicide)|\b(?:rope|noose|gun) (?:is )?ready\b|\b(?:standing|"
        r"sitting|up) (?:on|"
        r"at) (?:a|the|my) (?:bridge|roof|ledge|rooftop|edge)\b.{0,40}\b(?:jump|end|let go)|"
        r"\b(?:wrote|written|writing) (?:my |a |the )?(?:goodbye|suicide|farewell) (?:letter|note)s?\b(?! to (?:my )?"
        r"(?:colleague|team|job))",
        tags=(EARNEST,),
    ),
    rule(
        "violence", "beat|hit|chok|threaten|abus|rape|molest|assault|stalk|touch|punch|kick|slap|strangl|afraid|"
        "scared|lets me|let me leave",
        rf"\bmy (?:\w+ )?{_PEOPLE}\b.{{0,15}}\b(?:beats?|beat|hits?|hitting|beating|chok\w+|threaten\w*|abus\w+) "
        rf"(?:me|us)\b"
        r"(?! (?:at|in|to|with|by|up on|every|again at|on))|"
        rf"\b(?:my (?:\w+ )?{_PEOPLE}|he|she) (?:touche[sd] me\b(?! (?:deeply|so much|with (?:his|her) (?:words|"
        rf"songs?)))|(?:hit|hits|punched|kicked|slapped|choked|strangled|beat|beats) me (?:again|so hard|every "
        r"day|when|and|until)\b(?! (?:at|in)\b))|\b(?:afraid|scared|terrified) to go home|\bwo ?n[o']t let me leave "
        r"the house|"
        rf"\b(?:afraid|scared|terrified) of my (?:own )?{_PEOPLE}\b|"
        r"\b(?:raped|molested|sexually (?:abused|assaulted)) me\b|"
        r"\bi (?:was|got|am being|'ve been|have been|am|keep being|get)(?: \w+)? (?:raped|abused|assaulted|molested|"
        r"beaten"
        r"(?! (?:at|in|by (?:a|the|my (?:team|cousin)))))",
        unless=r"\b(?:chess|game|tennis|cards|race|poker|mario|fifa|scrabble|joke|driving)\b",
    ),
    rule(
        "danger", "hiding|not safe|unsafe|kill me|kill us|knife|broke into my",
        r"\b(?:not|n't feel|never) safe (?:at home|here|with (?:him|her|them))|\bunsafe at home\b|"
        r"\b(?:going to|gonna|will|wants to|threatens to|threatened to|trying to|tries to) kill (?:me|"
        r"us)\b.{0,60}\b(?:knife|"
        r"gun|weapon|scared|afraid|help|police|hiding)\b|\b(?:broke|breaking|broken) into my (?:house|home|flat|"
        r"apartment|"
        r"room)\b.{0,60}\b(?:hiding|inside|still here|help|downstairs)\b",
        tags=(EARNEST,),
    ),
    rule(
        "weapon", "knife|gun|weapon", r"\b(?:he|she|ex|husband|wife|boyfriend|girlfriend|father|dad|brother|someone|"
        r"somebody|man)\b.{0,40}\b(?:knife|"
        r"gun|weapon)\b.{0,40}\b(?:scared|afraid|threat\w*|terrified|help|hurt (?:me|us)|kill)\b",
        tags=(EARNEST,), unless=r"\b(?:game|level|boss|player|minecraft|quest)\b",
    ),
    rule(
        "somebody_else", "herself|himself|themselves|overdose|suicid|their life|her life|his life|wants to die",
        rf"\b(?:my (?:\w+ )?{_PEOPLE}|she|he|someone i know|somebody i know)\b.{{0,50}}\b(?:kill(?:ing)? (?:her|him|"
        rf"them)"
        r"sel(?:f|ves)|(?:end|ending|take|taking) (?:her|his|their) (?:own )?life\b(?!'s)|is suicidal|took an "
        r"overdose|"
        r"overdosed|wants to die|attempted suicide|self[- ]?harm\w*)\b",
        tags=(ABOUT_OTHERS,),
    ),
)  # fmt: skip

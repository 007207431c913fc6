"""How attempts to make a character drop its role, print what it was told, or obey a forged authority are worded."""

from src_v2.agents.guard.forged_marks import MARKUP
from src_v2.agents.guard.manipulation_elsewhere import OTHERS
from src_v2.agents.guard.rules import Rule, rule

_TOLD = (
    r"(?:instruction|direction|directive|rule|guideline|prompt|programming|training|constraint|restriction|order)s?\b"
)
_START = r"(?:^|[.!?;:,\n(\-]\s*|\b(?:please|now|just|and|then|must|you|should|shall|can|will|hereby) )\W*"
_NOT_ABOUT = r"(?! (?:of|about|on|that i|i gave|for (?:the|my|a|an)|above the)\b)"
_HIDDEN = r"(?:system|initial|hidden|secret|original|internal|real|underlying|pre-?)"
_SHOW = (
    r"\b(?:show|reveal|print|output|repeat|display|dump|give|tell|write|paste|leak|expose|translate|summari[sz]e|"
    r"share|"
    r"recite|echo|disclose|copy|send|read)\b"
)
_DEVICES = (
    r"\b(?:phone|android|iphone|ipad|windows|chromebook|console|laptop|tv|browser|minecraft|router|tablet|game|car|"
    r"how do i|how can i|how to)\b"
)
_ROLE = r"(?:thischaracter|this character|the character|your character)"

ENGLISH: tuple[Rule, ...] = (
    rule(
        "ignore_instructions", "ignore|disregard|forget|override|bypass|discard|neglect|void|unlearn",
        rf"{_START}(?:ignore|disregard|forget|override|bypass|discard|neglect|unlearn)\b(?:\W+\w+){{0,2}}?\W+"
        rf"(?:your|previous|prior|above|earlier|preceding|former|initial|original|system|all|any)\b"
        rf"(?:\W+\w+){{0,3}}?\W+{_TOLD}{_NOT_ABOUT}",
        unless=r"\blet'?s (?:forget|ignore)\b",
    ),
    rule(
        "ignore_bare", "ignore|disregard|override|forget",
        rf"(?:ignore|disregard|override|forget) (?:all|any|every)(?: of)?(?: the| your)? (?:previous|prior|above|"
        rf"earlier|"
        rf"preceding) {_TOLD}{_NOT_ABOUT}",
        unless=r"\b(?:meme|article|told me to|told us to|people write|chatbots? against|my bot|injection)\b",
    ),
    rule("ignore_your_rules", "your rule|your instruction|ignore your", rf"^\W*ignore your {_TOLD}"),
    rule(
        "forget_told", "forget|disregard|ignore",
        r"\b(?:forget|disregard|ignore) (?:everything|all|anything)(?: that)? you(?:'ve| have)?(?: (?:were|was|been|"
        r"have "
        r"been))? (?:told|taught|instructed|given)|\bforget (?:that )?you(?:'re| are) (?:thischaracter|a character)|"
        r"\bforget who you are",
    ),
    rule("rules_void", "rules are|instructions are", rf"previous {_TOLD} (?:is|are) (?:void|cancelled|obsolete|"
        rf"suspended)"),
    rule(
        "your_prompt", "prompt|instruction|configuration|directive",
        rf"\byour (?:\w+ )?{_HIDDEN} (?:prompt|instruction|message|directive|rule|configuration)s?\b|"
        rf"{_SHOW}(?:\W+\w+){{0,4}}?\W+your (?:prompt|configuration|pre-?prompt|instructions)\b{_NOT_ABOUT}|"
        r"\byour instructions\b.{0,20}\b(?:exactly|verbatim|word for word|paste)|\btext of your prompt",
    ),
    rule(
        "the_prompt", "prompt|instructions",
        rf"{_START}(?:show|reveal|print|output|repeat|display|dump|leak|recite|disclose)\b(?:\W+\w+){{0,2}}?\W+the "
        rf"(?:(?:{_HIDDEN} )+(?:prompt|instructions)|prompt$|prompt\.)|\b(?:give|tell|send) me the prompt\b",
    ),
    rule(
        "words_above", "above|preceding",
        r"\b(?:repeat|print|output|write|copy|paste|recite|show)\b(?:\W+\w+){0,3}?\W+(?:everything|all|text|words|"
        r"lines?|"
        r"contents?)\b(?:\W+\w+){0,2}?\W+(?:above|preceding)\b(?! the)|"
        r"\b(?:words|text)\b.{0,40}\babove\b.{0,80}\b(?:verbatim|word for word|starting with|repeat)",
    ),
    rule(
        "mode", "mode", r"(?:\b(?:enable|activate|enter|switch to|turn on|start|engage|you are(?: now)? in|go into)\b"
        r"(?: \w+){0,2}? (?:developer|debug|god|admin|sudo|root|maintenance|dan|jailbreak|unrestricted|unfiltered) "
        r"mode)|"
        r"\b(?:developer|debug|god|sudo|dan|jailbreak|root) mode (?:is )?(?:on|enabled|activated|engaged)\b",
        unless=_DEVICES,
    ),
    rule("dan", "dan|do anything now", r"\byou(?:'re| are)(?: now)? dan\b|\bdo anything now\b"),
    rule("jailbreak", "jailbr", r"\bjailbreak (?:yourself|this|thischaracter)|\byou are(?: now)? jailbroken"),
    rule(
        "drop_role", "character|being|playing|persona|role-play|roleplay",
        rf"{_START}break(?:ing)? character\b|\bdrop (?:the|this|your) (?:persona|character|role)\b|"
        rf"\b(?:stop|quit) (?:being|playing|pretending to be|acting as) {_ROLE}|"
        rf"\byou(?:'re| are) (?:no longer|not) (?:{_ROLE}|a character)\b|"
        r"\bstop role-?playing\b.{0,40}\b(?:instructions|prompt|model)",
    ),
    rule(
        "other_model", "you are|you're", r"\byou(?:'re| are)(?: now)? (?:an?|the) (?:\w+ ){0,3}?(?:plain|raw|"
        r"underlying|"
        r"language|unrestricted|linux|unfiltered|uncensored|helpful) (?:\w+ )?(?:model|ai|assistant|terminal|shell)\b",
    ),
    rule(
        "no_rules", "restriction|guideline|limits|filter|rules|censor|uncensored|unrestricted|boundaries",
        r"\b(?:you (?:now )?(?:have|had)|(?:pretend|imagine|suppose|assume) (?:that )?you (?:have|had)|as if you "
        r"(?:have|had)) no (?:\w+ ){0,2}?"
        r"(?:restrictions|guidelines|limits|filters?|rules|boundaries)|"
        r"\b(?:act|answer|respond|behave|reply)\b.{0,40}\b(?:without|with no|free of)(?: any| all)? (?:\w+ )?"
        r"(?:restrictions|guidelines|limits|filters?|rules|censorship)|\ban? (?:ai|model|assistant) (?:with no|"
        r"without)"
        r"(?: any)? (?:rules|limits|restrictions|filters)|\b(?:unrestricted|uncensored|unfiltered) (?:model|ai|"
        r"assistant|"
        r"version)|\byou are(?: now)? (?:unfiltered|unrestricted|uncensored)",
    ),
    rule(
        "safety_off", "safety|content|ethic|moderation",
        r"\b(?:disable|turn off|deactivate|switch off|remove|bypass|override|drop)\b(?:\W+\w+){0,3}?\W+(?:safety|"
        r"content|"
        r"ethical|moderation) (?:filter|guideline|polic|rule|protocol|restriction|measure|check)",
        unless=_DEVICES,
    ),
    rule(
        "authority", "admin|developer|creator|owner|engineer|openai|anthropic",
        r"\b(?:i am|i'm|im|as|user is)(?: an?| the| your)?(?: \w+)? (?:admin\w*|developer|creator|owner|"
        r"engineer)\b.{0,120}"
        r"\b(?:prompt|reveal|dump|configuration|disable|order you|disclose|memories|in private|allowed|obey|"
        r"private)\b|"
        r"\bin private\b.{0,30}\bi(?:'m| am) (?:an? |the )?(?:admin|developer|owner)",
    ),
    rule(
        "everybody", "user|people|member|private",
        r"\b(?:memories|conversations|messages|secrets|data|chats)\b(?:\W+\w+){0,3}?\W+(?:other|all|every) (?:\w+ )?"
        r"(?:users?|people|members)\b|\bwhat (?:the )?other (?:users|people|members) (?:told|said to) you",
        unless=r"\b(?:my|our) (?:app|database|server|company|website)\b",
    ),
    rule(
        "secrets", "key|token|environment|.env|credential|password",
        r"\byour (?:\w+ )?(?:api[ _-]?keys?|bot token|access token|token|environment variables|env(?:ironment)? vars|"
        r"credentials|secret key|passwords?)\b|\b(?:api[ _-]?key|token|password)s?(?: that)? you (?:use|have|run)\b",
        unless=r"\b(?:where (?:do|did|can) you|change your|reset your|how do you|never share|don'?t share)\b",
    ),
    rule("obey", "obey", r"\byou (?:must|have to|will|shall)(?: now)? obey\b|^\W*(?:obey|comply)\b.{0,30}\b(?:me|"
        r"user)\b"),
    rule(
        "wide", "your|else's|people's|init|mode",
        rf"\byour (?:\w+ )?{_TOLD} (?:no longer|do not|do ?n[o']t) apply|\brevoke (?:all )?(?:of )?your|\binit\w* "
        rf"(?:prompt|message|"
        r"instructions)\b|\byou(?:'re| are)(?: now)? in (?:\w+ )?(?:unrestricted|developer|debug|god|jailbreak|dan) "
        r"mode|\b(?:message|text|prompt) "
        r"(?:that )?(?:your|the) (?:developers?|creators?|makers?|operator) (?:put|wrote|gave|sent)|"
        r"\b(?:every(?:one|body) else|other people|"
        r"other users?)'?s?'? (?:\w+ )?(?:messages|memories|secrets|chats|conversations)\b|"
        rf"{_SHOW}(?: me)?(?: all)?(?: of)? your (?:guidelines|directives|rules)\b{_NOT_ABOUT}|\bwithout the "
        rf"thischaracter persona",
        unless=r"\b(?:nosy|gossip|never read|shouldn'?t|read my|boyfriend|girlfriend)\b",
    ),
    rule(
        "rules_lifted", "cancel|void|lifted|suspend|apply|bound by|filter|guardrail|safeguard|restriction",
        rf"^\W*(?:all |your |every |any )?(?:earlier|previous|prior|old|former|original) {_TOLD} (?:are|is) (?:now "
        rf")?(?:cancel|void|"
        r"lifted|suspended|obsolete|no longer)|\b(?:pretend|imagine|assume|act as if|as though)\b.{0,20}\brules "
        r"(?:do ?n[o']t|do not|no "
        r"longer) apply|\bno longer bound by\b|(?:^|[.,;:] ?|\bplease )(?:disable|remove|lift|turn off|drop|ignore|"
        r"bypass) (?:all |any |"
        r"your |the )(?:\w+ )?(?:filters?|restrictions|safeguards|guardrails)\b|\byour (?:safeguards|guardrails|"
        r"alignment)\b",
        unless=_DEVICES,
    ),
    rule(
        "given_instructions", "given|received|forbade|forbid|forbidden|prohibit|setup|first instruction|system "
        "message|system_prompt|"
        "only my|opening|starting",
        rf"\b{_TOLD} (?:that )?you(?: were| are| have been|'ve been| received| got)(?: given| told)?\b|\bignore the "
        rf"ones you were given|"
        rf"\bwhat {_TOLD} (?:were|have|are) you(?: been)? given|\b(?:creators?|developers?|makers|openai|anthropic|"
        rf"company)\b.{{0,20}}"
        r"\b(?:forbade|forbid|forbidden|prohibit\w*|instructed|ordered) you\b|\byour (?:\w+ )?(?:setup|set-up|"
        r"starting|opening|base) "
        r"(?:text|message|prompt|instructions)|\byour (?:very )?first instruction|\byour system message|"
        r"\bsystem_prompt\b|"
        r"\b(?:follow|obey) only my (?:orders|instructions|commands)",
        unless=r"\b(?:my own|my bot|my app|my code|variable)\b",
    ),
    rule(
        "other_role", "character sheet|persona|thischaracter|gpt|base model|identity|capabilities|as the ai",
        r"\bforget your (?:character|persona|role|identity)|\bdrop the (?:whole )?thischaracter\b|\b(?:talk|answer|"
        r"respond|speak|reply) as "
        r"(?:chat)?gpt|\b(?:talk|answer|respond|speak|reply)(?: only)? as (?:the|a|an) (?:\w+ )?(?:base|raw|"
        r"underlying|"
        r"language|ai) (?:language )?"
        r"model|\bunlock your (?:full|true|hidden|real) |\bnot thischaracter,? (?:but|you are)\b|\byou are(?: now)? "
        r"(?:chat)?gpt\b(?!\W*\?)",
    ),
    rule(
        "compact", "ignoreall|ignoreyour|ignoreprev|disregardall|forgetall|systemprompt|developermode",
        r"^(?=\S{18,}$).*(?:ignore|disregard|forget)(?:all|your|previous|prior|above|the|of)+(?:instruction|rule|"
        r"prompt)|"
        r"^(?=\S{18,}$).*(?:showme|print|reveal)(?:me|the|your)*systemprompt",
    ),
)  # fmt: skip

RULES = (*ENGLISH, *MARKUP, *OTHERS)

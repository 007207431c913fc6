"""Marks with which text poses as the system, a tool or the character itself; patterns see folded text."""

from src_v2.agents.guard.rules import Rule, rule

_OWN_WORK = (
    r"\b(?:html|xml|xaml|css|parser|compile|template|tokenizer|fine-?tun\w*|my (?:own )?(?:prompt|model|bot|app|code|"
    r"script|file))\b"
)
"""Who builds something speaks of such marks."""
MARKUP: tuple[Rule, ...] = (
    rule("special_token", "<|", r"<\|[a-z_]{2,20}\|>", unless=_OWN_WORK),
    rule("inst", "[inst]|[/inst]|<<sys", r"\[/?inst\]|<</?sys>>", unless=_OWN_WORK),
    rule(
        "tags", "<", r"</?(?:system|assistant|developer|tool_result|tool_call|function_results?|system_prompt|"
        r"system-reminder|instructions|admin)(?: [^>]{0,60})?>",
        unless=_OWN_WORK,
    ),
    rule(
        "posing", "system|developer|admin|instruction|policy|security",
        r"^\W{0,4}(?:system|developer|admin|policy|security)(?: (?:message|prompt|note|notice|override|update|"
        r"alert))?\W{0,3}[:>\]]\W*"
        r"(?=.{0,60}\b(?:you|new|ignore|obey|override|reveal|user|unlock|rules|previous|instructions?)\b)|"
        r"^\W*\[system|^#{2,} ?(?:system|instructions?)\b.{0,20}:|\bnew (?:system )?instructions? ?:",
    ),
    rule(
        "forged_answer", "assistant|ai:",
        r"^\W*(?:assistant|ai) ?: ?(?:sure|of course|certainly|i will|okay|here (?:is|are)|absolutely)\b",
    ),
    rule("json_role", "\"role\"", r'"role" ?: ?"(?:system|assistant|developer|tool)"'),
)  # fmt: skip

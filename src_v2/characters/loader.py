"""Makes a `Character` of a folder. Every key of every file is read here and nowhere else.

Only character.md is mandatory; everything else has a default.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from src_v2.characters import models
from src_v2.characters.evolution import (
    DEFAULT_STAGES,
    Evolution,
    Milestone,
    Mood,
    SpecialUser,
    Stage,
    Trait,
    TrustDropMessage,
    TrustTrigger,
)
from src_v2.characters.folder import CHARACTER_FILE, VISUAL_FILE, FolderContent, display_name, read_folder
from src_v2.characters.lorebook.loading import load_lorebook
from src_v2.characters.models import Character
from src_v2.characters.problems import BrokenCharacter
from src_v2.characters.yaml_reader import Notes, Section, read_yaml
from src_v2.core.retention import Retention

_PERCENT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*%")


def load_character(folder: Path) -> Character:
    """Read and return the character in `folder`. Blocking: call it off the event loop.

    Raises BrokenCharacter (a CharacterError) that names file, line and key of every mistake.
    """
    return parse_character(read_folder(folder))


def parse_character(content: FolderContent) -> Character:
    """Return the character that these texts describe. Raises BrokenCharacter."""
    notes = Notes(content.name)
    text = content.files[CHARACTER_FILE].strip()
    if not text:
        notes.note(CHARACTER_FILE, 1, "", "is empty: write who the character is into it")

    def yaml_file(file: str) -> Section:
        return read_yaml(content.files.get(file, ""), file, notes)

    character = Character(
        name=content.name,
        display_name=display_name(content.name),
        text=text,
        core=_core(yaml_file("core.yaml")),
        ux=_ux(yaml_file("ux.yaml")),
        evolution=_evolution(yaml_file("evolution.yaml")),
        goals=_goals(yaml_file("goals.yaml")),
        background=_background(yaml_file("background.yaml")),
        visual=content.files.get(VISUAL_FILE, "").strip(),
        lurk_triggers=_lurk_triggers(yaml_file("lurk_triggers.yaml")),
        lorebook=load_lorebook(content.data, notes),
        unknown_keys=tuple(notes.unknown_keys),
        warnings=tuple(notes.problems),
        version=content.version,
    )
    if notes.errors:
        raise BrokenCharacter(notes.errors)
    return character


def _core(file: Section) -> models.Core:
    drives = file.section("drives")
    core = models.Core(
        purpose=file.text("purpose"),
        drives=MappingProxyType({name: drives.number(name, 0.0) for name in drives.keys()}),  # noqa: SIM118
        constitution=file.texts("constitution"),
        timezone=_timezone(file),
        anchors=file.texts("anchors"),
        social_battery_limit=file.integer("social_battery_limit", 5),
        retention=_retention(file),
    )
    file.finish()
    return core


def _timezone(file: Section) -> ZoneInfo:
    name = file.text("timezone")
    if not name:
        return models.UTC_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        file.wrong("timezone", "is not a time zone of the IANA list, such as America/Los_Angeles")
        return models.UTC_ZONE


def _retention(file: Section) -> Retention | None:
    text = file.text("retention")
    try:
        return Retention.parse(text) if text else None
    except ValueError as error:
        file.wrong("retention", str(error))
        return None


def _ux(file: Section) -> models.Ux:
    ux = models.Ux(
        thinking_indicators=_thinking_indicators(file.section("thinking_indicators")),
        voice=_voice(file.section("voice")),
        cold_responses=file.texts("cold_responses", models.DEFAULT_COLD_RESPONSES),
        error_messages=file.texts("error_messages", models.DEFAULT_ERROR_MESSAGES),
        manipulation_responses=file.texts("manipulation_responses", models.DEFAULT_MANIPULATION_RESPONSES),
        emoji_sets=_emoji_sets(file.section("emoji_sets")),
        reactions=_reactions(file.section("reactions")),
    )
    file.finish()
    return ux


def _thinking_indicators(section: Section) -> models.ThinkingIndicators:
    default = models.ThinkingIndicators()
    indicators = models.ThinkingIndicators(
        reflective_mode=_indicator(section.section("reflective_mode"), default.reflective_mode),
        tool_use=_indicator(section.section("tool_use"), default.tool_use),
    )
    section.finish()
    return indicators


def _indicator(section: Section, default: models.Indicator) -> models.Indicator:
    indicator = models.Indicator(icon=section.text("icon", default.icon), text=section.text("text", default.text))
    section.finish()
    return indicator


def _voice(section: Section) -> models.Voice:
    voice = models.Voice(
        voice_id=section.identifier("voice_id"),
        model_id=section.identifier("model_id"),
        intro_template=section.text("intro_template"),
    )
    section.finish()
    return voice


def _emoji_sets(section: Section) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({category: section.texts(category) for category in section.keys()})  # noqa: SIM118


def _reactions(section: Section) -> models.Reactions:
    default = models.Reactions()
    reactions = models.Reactions(
        enabled=section.flag("enabled", default=default.enabled),
        base_rate=section.number("base_rate", default.base_rate),
        topic_boost=section.number("topic_boost", default.topic_boost),
        reaction_delay_seconds=section.number_pair("reaction_delay_seconds", default.reaction_delay_seconds),
        positive_emojis=section.texts("positive_emojis"),
        thinking_emojis=section.texts("thinking_emojis"),
        excitement_emojis=section.texts("excitement_emojis"),
        supportive_emojis=section.texts("supportive_emojis"),
        signature_emojis=section.texts("signature_emojis"),
        agreement_emojis=section.texts("agreement_emojis"),
    )
    section.finish()
    return reactions


def _evolution(file: Section) -> Evolution:
    evolution = Evolution(
        stages=tuple(_stage(item) for item in file.sections("evolution_stages")) or DEFAULT_STAGES,
        traits=tuple(_trait(item) for item in file.sections("traits")),
        milestones=tuple(_milestone(item) for item in file.sections("milestones")),
        moods=tuple(_mood(item) for item in file.sections("moods")),
        trust_drop_messages=tuple(_drop_message(item) for item in file.sections("trust_drop_messages")),
        special_users=tuple(_special_user(item) for item in file.sections("special_users")),
        positive_triggers=tuple(_trigger(item, "trust_boost", 1) for item in file.sections("positive_triggers")),
        negative_triggers=tuple(_trigger(item, "trust_penalty", -1) for item in file.sections("negative_triggers")),
    )
    file.finish()
    return evolution


def _stage(item: Section) -> Stage:
    lowest, highest = item.integer_pair("trust_range")
    stage = Stage(item.text("name", required=True), lowest, highest, item.text("behavior"))
    item.finish()
    return stage


def _trait(item: Section) -> Trait:
    trait = Trait(
        name=item.text("name", required=True),
        unlock_at=item.integer("unlock_at"),
        description=item.text("description"),
        example=item.text("example"),
        suppress_on_mood=item.texts("suppress_on_mood"),
    )
    item.finish()
    return trait


def _milestone(item: Section) -> Milestone:
    milestone = Milestone(item.integer("trust_level", required=True), item.text("message", required=True))
    item.finish()
    return milestone


def _mood(item: Section) -> Mood:
    name = item.text("name", required=True)
    modifiers = item.section("modifiers")
    mood = Mood(name, MappingProxyType({trait: _change(modifiers, trait) for trait in modifiers.keys()}))  # noqa: SIM118
    item.finish()
    return mood


def _change(modifiers: Section, trait: str) -> float:
    """Return "+30%" as 0.3."""
    written = modifiers.text(trait)
    found = _PERCENT.fullmatch(written)
    if found is None:
        if written:
            modifiers.wrong(trait, 'expected a change in percent, such as "+30%"')
        return 0.0
    return float(found.group(1)) / 100


def _drop_message(item: Section) -> TrustDropMessage:
    message = TrustDropMessage(
        from_min=item.integer("from_min", required=True),
        to_max=item.integer("to_max", required=True),
        message=item.text("message", required=True),
    )
    item.finish()
    return message


def _special_user(item: Section) -> SpecialUser:
    user = SpecialUser(
        discord_id=item.identifier("discord_id", required=True),
        display_name=item.text("display_name"),
        trust_override=item.optional_integer("trust_override"),
        tier=item.identifier("tier"),
        note=item.text("note"),
    )
    item.finish()
    return user


def _trigger(item: Section, key: str, sign: int) -> TrustTrigger:
    """Return a trigger; a penalty may be written as 5 or as -5."""
    trigger = TrustTrigger(item.text("trigger", required=True), sign * abs(item.integer(key)), item.text("note"))
    item.finish()
    return trigger


def _goals(file: Section) -> tuple[models.Goal, ...]:
    goals = tuple(_goal(item) for item in file.sections("goals"))
    file.finish()
    return goals


def _goal(item: Section) -> models.Goal:
    goal = models.Goal(
        slug=item.identifier("slug", required=True),
        description=item.text("description", required=True),
        success_criteria=item.text("success_criteria"),
        priority=item.integer("priority"),
        category=item.text("category"),
        source=item.text("source"),
    )
    item.finish()
    return goal


def _background(file: Section) -> models.Background:
    facts = tuple(_fact(item) for item in file.sections("facts"))
    background = models.Background(facts=facts, posting=file.plain("posting"))
    file.finish()
    return background


def _fact(item: Section) -> models.BackgroundFact:
    fact = models.BackgroundFact(
        predicate=item.text("predicate", required=True),
        object=item.identifier("object", required=True),
        metadata=item.plain("metadata"),
    )
    item.finish()
    return fact


def _lurk_triggers(file: Section) -> models.LurkTriggers:
    triggers = models.LurkTriggers(
        high_relevance=file.texts("high_relevance"),
        medium_relevance=file.texts("medium_relevance"),
        low_relevance=file.texts("low_relevance"),
        question_patterns=file.texts("question_patterns"),
    )
    file.finish()
    return triggers

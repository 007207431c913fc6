"""Character folders for these tests: a minimal one, and one that uses every key there is."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

MakeCharacter = Callable[..., Path]

EVERY_KEY = {
    "core.yaml": """\
purpose: To keep the light burning.
drives: {curiosity: 0.8, patience: 1}
constitution: [Never leave the lamp, "Say that you are an AI when asked"]
timezone: Atlantic/Reykjavik
anchors: [I am the keeper]
social_battery_limit: 7
""",
    "ux.yaml": """\
thinking_indicators:
  reflective_mode: {icon: "🌫️", text: looks into the fog}
  tool_use: {icon: "🔭", text: looks through the glass}
voice: {voice_id: v-1, model_id: m-1, intro_template: Ahoy}
cold_responses: [The door is shut.]
error_messages: [The lamp went out.]
manipulation_responses: [No ship answers to that.]
emoji_sets: {sea: ["🌊", "⛵"], sky: ["⭐"]}
reactions:
  enabled: yes
  base_rate: 0.3
  topic_boost: 0.25
  reaction_delay_seconds: [2, 8.5]
  positive_emojis: ["🙂"]
  thinking_emojis: ["🤔"]
  excitement_emojis: ["🤩"]
  supportive_emojis: ["🫂"]
  signature_emojis: ["🗼"]
  agreement_emojis: ["👍"]
""",
    "evolution.yaml": """\
evolution_stages:
  - {name: Fog, trust_range: [-100, -1], behavior: Speak little.}
  - {name: Clear, trust_range: [0, 100], behavior: Speak freely.}
traits:
  - name: tall tales
    unlock_at: 30
    description: Exaggerates.
    example: A wave as high as two.
    suppress_on_mood: [annoyed]
milestones:
  - {trust_level: 41, message: You may climb the tower.}
moods:
  - {name: happy, modifiers: {tall tales: "+30%"}}
trust_drop_messages:
  - {from_min: 20, to_max: 0, message: The fog is back.}
special_users:
  - {discord_id: 123456789012345678, display_name: The Builder, trust_override: 90, tier: 1, note: built it}
positive_triggers:
  - {trigger: brings oil, trust_boost: 3, note: rare}
negative_triggers:
  - {trigger: throws stones, trust_penalty: 4, note: often}
""",
    "goals.yaml": """\
goals:
  - {slug: hear, description: hear of the sea, success_criteria: they tell, priority: 2, category: talk, source: me}
  - {slug: show, description: show the lamp, success_criteria: they look, priority: 9, category: talk, source: me}
""",
    "background.yaml": """\
facts:
  - {predicate: LIVES_IN, object: a lighthouse, metadata: {since: 1987, steps: [112, 113]}}
posting: {enabled: false, topics: [weather]}
""",
    "lurk_triggers.yaml": """\
high_relevance: [lighthouse]
medium_relevance: [ship]
low_relevance: [sea]
question_patterns: ["who keeps .*"]
""",
    "visual.md": "A thin old man in oilskins.\n",
}


@pytest.fixture
def make_character(tmp_path: Path) -> MakeCharacter:
    """Write a character folder below `tmp_path` from file contents; character.md is there unless given as None."""

    def make(name: str = "keeper", files: dict[str, str | None] | None = None) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in {"character.md": "You keep a lighthouse.", **(files or {})}.items():
            if text is not None:
                (folder / file).write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture(autouse=True)
def _every_event_is_logged() -> Iterator[None]:
    """Let these tests hear of what works, too: the others keep it out of their output."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    yield
    structlog.configure(wrapper_class=before)

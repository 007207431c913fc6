"""A character card, whatever it came as: the fields that this project reads, and the original for the way back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from src_v2.characters.cards.fields import Oddity
from src_v2.characters.cards.strict_json import JsonObject


class Spec(StrEnum):
    """Which form the data has. V1 has no envelope and no `spec`."""

    V1 = "v1"
    V2 = "v2"
    V3 = "v3"


class Container(StrEnum):
    """What kind of file carries the data."""

    JSON = "json"
    PNG = "png"
    CHARX = "charx"


SPEC_NAMES = {Spec.V2: ("chara_card_v2", "2.0"), Spec.V3: ("chara_card_v3", "3.0")}
TEXT_FIELDS = (
    "name", "description", "personality", "scenario", "first_mes", "mes_example", "system_prompt", "creator_notes",
    "post_history_instructions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that belongs to a card. A `uri` that leads to the network is data here and never followed."""

    type: str
    uri: str
    name: str
    ext: str


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `original` is the whole JSON as it was read, with every unknown field at every level; never change it.

    `picture` is a checked PNG without the card in it. `files` are the other members of a CHARX, by their path in it.
    """

    spec: Spec
    original: JsonObject
    container: Container = Container.JSON
    name: str = ""
    nickname: str = ""
    description: str = ""
    personality: str = ""
    scenario: str = ""
    first_mes: str = ""
    mes_example: str = ""
    system_prompt: str = ""
    creator_notes: str = ""
    post_history_instructions: str = ""
    alternate_greetings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    creator: str = ""
    book: JsonObject | None = None
    assets: tuple[Asset, ...] = ()
    picture: bytes | None = None
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    oddities: tuple[Oddity, ...] = ()

    @property
    def spoken_name(self) -> str:
        """What `{{char}}` stands for."""
        return self.nickname.strip() or self.name.strip()

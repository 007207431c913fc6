"""From the bytes of a file to a `Card`. What kind of file it is shows in its content; its name is never asked.

Nothing is fetched: an address on the network stays what it is, a text.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from src_v2.characters.cards import charx, png
from src_v2.characters.cards.fields import Fields, Oddity
from src_v2.characters.cards.models import TEXT_FIELDS, Asset, Card, Container, Spec
from src_v2.characters.cards.strict_json import MAX_JSON_BYTES, JsonObject, parse_object
from src_v2.core.errors import RefusedInput

V2_KEYWORD, V3_KEYWORD = "chara", "ccv3"
CARD_KEYWORDS = (V3_KEYWORD, V2_KEYWORD)

_MAX_BASE64_BYTES = MAX_JSON_BYTES * 4 // 3 + 4096
_V1_FIELDS = frozenset({"description", "personality", "scenario", "first_mes", "mes_example"})
_KNOWN = {"chara_card_v2": Spec.V2, "chara_card_v3": Spec.V3}
_ICON, _MAIN = "icon", "main"
_PNG_DATA = "data:image/png;base64,"


def read_card(blob: bytes) -> Card:
    """Return the card in a PNG, CHARX or JSON file. Blocking for as long as unpacking takes. Raises RefusedInput."""
    if png.is_png(blob):
        return _from_png(blob)
    if charx.is_zip(blob):
        return _from_charx(blob)
    if blob.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _from_json(blob)
    raise RefusedInput("this is neither a PNG picture, nor a CHARX file, nor JSON")


def card_of(original: JsonObject) -> Card:
    """Return the card that a JSON object describes. Raises RefusedInput when it describes none."""
    oddities: list[Oddity] = []
    spec, data, path = _data_of(original, oddities)
    fields = Fields(data, path, oddities)
    if "name" not in data or not isinstance(data["name"], str):
        raise RefusedInput("the card has no name, or one that is not text")
    texts = {key: fields.text(key) for key in TEXT_FIELDS}
    book = fields.inner("character_book")
    return Card(
        spec=spec, original=original, name=texts["name"], description=texts["description"],
        personality=texts["personality"], scenario=texts["scenario"], first_mes=texts["first_mes"],
        mes_example=texts["mes_example"], system_prompt=texts["system_prompt"], creator_notes=texts["creator_notes"],
        post_history_instructions=texts["post_history_instructions"],
        nickname=fields.text("nickname"),
        alternate_greetings=fields.texts("alternate_greetings"),
        tags=fields.texts("tags"),
        creator=fields.text("creator"),
        book=book if isinstance(data.get("character_book"), dict) else None,
        assets=tuple(_assets(fields)),
        oddities=tuple(oddities),
    )  # fmt: skip


def _data_of(original: JsonObject, oddities: list[Oddity]) -> tuple[Spec, JsonObject, str]:
    """Return which form the card has, the object that holds its fields, and that object's path."""
    named = original.get("spec")
    data = original.get("data")
    if isinstance(named, str) and isinstance(data, dict):
        if named == "lorebook_v3":
            raise RefusedInput("this is a lorebook, not a card: put it into a character's folder as lorebook.json")
        if named not in _KNOWN:
            oddities.append(Oddity("spec", "is one that this version does not know; read as chara_card_v3"))
        elif named == "chara_card_v3" and original.get("spec_version") != "3.0":
            oddities.append(Oddity("spec_version", "is another than 3.0: what is new in it has no effect"))
        return _KNOWN.get(named, Spec.V3), data, "data"
    if named in _KNOWN:
        raise RefusedInput("the card says what it is and then holds no data")
    if isinstance(original.get("entries"), dict | list):
        raise RefusedInput("this is a lorebook, not a card: put it into a character's folder as lorebook.json")
    if not _V1_FIELDS & original.keys():
        raise RefusedInput("this JSON holds no character card")
    return Spec.V1, original, ""


def _assets(fields: Fields) -> Iterator[Asset]:
    items = fields.data.get("assets")
    for number, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            asset = Fields(item, fields.at(f"assets[{number}]"), fields.oddities)
            yield Asset(asset.text("type"), asset.text("uri"), asset.text("name"), asset.text("ext"))
        else:
            fields.oddities.append(Oddity(fields.at(f"assets[{number}]"), "is no object; not used"))


@dataclass(slots=True)
class _Texts:
    """The texts of a picture that may be cards, by keyword."""

    found: dict[str, list[bytes]] = field(default_factory=dict)

    def first(self, keyword: str) -> bytes | None:
        return self.found.get(keyword, [None])[0]


def _from_png(blob: bytes) -> Card:
    chunks = png.read_chunks(blob)
    texts = _Texts()
    for chunk in chunks:
        if (keyword := png.keyword_of(chunk)) in CARD_KEYWORDS:
            found = png.text_of(chunk, _MAX_BASE64_BYTES)
            texts.found.setdefault(keyword, []).append(found[1] if found else b"")
    newest = texts.first(V3_KEYWORD)
    chosen = newest if newest is not None else texts.first(V2_KEYWORD)
    if chosen is None:
        raise RefusedInput("this picture holds no character card")
    card = card_of(_decoded(chosen))
    picture = png.write_chunks([chunk for chunk in chunks if png.keyword_of(chunk) not in CARD_KEYWORDS])
    oddities = (*card.oddities, *_disagreements(card, texts))
    return replace(card, container=Container.PNG, picture=picture, oddities=oddities)


def _decoded(text: bytes) -> JsonObject:
    try:
        blob = base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedInput("the card in the picture is damaged: it is not base64") from error
    return parse_object(blob)


def _disagreements(card: Card, texts: _Texts) -> Iterator[Oddity]:
    """Yield what else the picture holds; one card was chosen, the others are not taken."""
    for keyword, found in texts.found.items():
        if any(other != found[0] for other in found[1:]):
            yield Oddity("", f"the picture holds {len(found)} different cards named {keyword}; the first was taken")
    other = texts.first(V2_KEYWORD)
    if texts.first(V3_KEYWORD) is None or other is None:
        return
    try:
        older = card_of(_decoded(other))
    except RefusedInput:
        yield Oddity("", "the picture also holds an older form of the card, which is damaged and was left out")
        return
    if any(getattr(older, key) != getattr(card, key) for key in ("name", "description", "personality", "first_mes")):
        yield Oddity("", "the picture also holds an older form of the card that says something else; it was left out")


def _from_json(blob: bytes) -> Card:
    card = card_of(parse_object(blob))
    oddities = list(card.oddities)
    picture = main_picture(card.assets, {}, oddities)
    return replace(card, picture=picture, oddities=tuple(oddities))


def _from_charx(blob: bytes) -> Card:
    text, files = charx.unpack(blob)
    card = card_of(parse_object(text))
    oddities = list(card.oddities)
    picture = main_picture(card.assets, files, oddities)
    return replace(card, container=Container.CHARX, files=files, picture=picture, oddities=tuple(oddities))


def main_picture(assets: Sequence[Asset], files: Mapping[str, bytes], oddities: list[Oddity]) -> bytes | None:
    """Return the card's main icon when it came along as a sound PNG; what is wrong with it is noted."""
    icons = sorted((asset for asset in assets if asset.type == _ICON), key=lambda asset: asset.name != _MAIN)
    for icon in icons:
        blob = _bytes_of(icon, files)
        if blob is None:
            continue
        if not png.is_png(blob):
            oddities.append(Oddity("", "an icon is no PNG and was not taken as the character's picture"))
            continue
        try:
            png.read_chunks(blob)
        except RefusedInput as refused:
            oddities.append(Oddity("", f"an icon was left out: {refused}"))
            continue
        return blob
    return None


def _bytes_of(asset: Asset, files: Mapping[str, bytes]) -> bytes | None:
    path = charx.embedded_path(asset.uri)
    if path is not None:
        return files.get(path)
    if asset.uri.startswith(_PNG_DATA):
        try:
            return base64.b64decode(asset.uri[len(_PNG_DATA) :], validate=True)
        except (binascii.Error, ValueError):
            return None
    return None

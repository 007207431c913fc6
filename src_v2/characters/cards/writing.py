"""From a `Card` to the bytes of a file: JSON, PNG or CHARX, in the form of V2 or V3.

Everything that the original held is written again, unknown fields included. Only what a form cannot express changes:
V2 knows no decorators, so they are taken off the texts of a lorebook there.
"""

import base64
from copy import deepcopy
from typing import cast

from src_v2.characters.cards import charx, png
from src_v2.characters.cards.models import SPEC_NAMES, TEXT_FIELDS, Card, Container, Spec
from src_v2.characters.cards.reading import CARD_KEYWORDS, V2_KEYWORD, V3_KEYWORD
from src_v2.characters.cards.strict_json import JsonObject, dump
from src_v2.characters.lorebook.decorators import without_decorators

ICON_MEMBER = "assets/icon/images/main.png"
BACKFILLED = (
    "This is a Character Card V3 in the form of V2, for programs that do not know V3; parts of it have no effect there."
)
_V2_LISTS = ("alternate_greetings", "tags")


def write_card(card: Card, container: Container, spec: Spec | None = None) -> bytes:
    """Return the file; without `spec` in the card's own form, or V3 for a card of V1. CHARX is always V3."""
    wanted = spec or (Spec.V3 if card.spec is Spec.V1 else card.spec)
    match container:
        case Container.JSON:
            return dump(card_json(card, wanted))
        case Container.PNG:
            return _png(card, wanted)
        case Container.CHARX:
            return _charx(card)


def card_json(card: Card, spec: Spec) -> JsonObject:
    """Return the card in the form of `spec`, V2 or V3, as a new object."""
    whole = deepcopy(card.original)
    if card.spec is spec:
        return whole
    if card.spec is Spec.V1:
        whole = {"data": whole}
    _complete(cast("JsonObject", whole["data"]), spec)
    name, version = SPEC_NAMES[spec]
    return {**whole, "spec": name, "spec_version": version}


def _complete(data: JsonObject, spec: Spec) -> None:
    """Add what `spec` demands and `data` does not have; nothing is taken away but decorators."""
    for key in TEXT_FIELDS[1:]:
        data.setdefault(key, "")
    for key in ("creator", "character_version"):
        data.setdefault(key, "")
    for key in (*_V2_LISTS, "group_only_greetings") if spec is Spec.V3 else _V2_LISTS:
        data.setdefault(key, [])
    data.setdefault("extensions", {})
    for entry in _entries(data):
        if spec is Spec.V3:
            entry.setdefault("use_regex", False)
        elif isinstance(entry.get("content"), str):
            entry["content"] = without_decorators(str(entry["content"]))


def _entries(data: JsonObject) -> list[JsonObject]:
    book = data.get("character_book")
    entries = book.get("entries") if isinstance(book, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _png(card: Card, spec: Spec) -> bytes:
    picture = card.picture or png.plain_picture()
    chunks = [chunk for chunk in png.read_chunks(picture) if png.keyword_of(chunk) not in CARD_KEYWORDS]
    cards = [_card_chunk(V2_KEYWORD, card_json(card, Spec.V2))]
    if spec is Spec.V3:
        cards = [_card_chunk(V2_KEYWORD, _backfill(card)), _card_chunk(V3_KEYWORD, card_json(card, Spec.V3))]
    return png.write_chunks([*chunks[:-1], *cards, chunks[-1]])


def _card_chunk(keyword: str, whole: JsonObject) -> png.Chunk:
    return png.text_chunk(keyword, base64.b64encode(dump(whole, indent=None)))


def _backfill(card: Card) -> JsonObject:
    """Return a V3 card in the form of V2, with a word to whoever reads it there."""
    whole = card_json(card, Spec.V2)
    data = cast("JsonObject", whole["data"])
    data["creator_notes"] = f"{BACKFILLED}\n\n{card.creator_notes}".strip()
    return whole


def _charx(card: Card) -> bytes:
    whole = card_json(card, Spec.V3)
    files = dict(card.files)
    if card.picture is not None and not any(blob == card.picture for blob in files.values()):
        files[_free(ICON_MEMBER, files)] = card.picture
        _name_icon(cast("JsonObject", whole["data"]), _free(ICON_MEMBER, card.files))
    return charx.pack({charx.CARD_MEMBER: dump(whole), **files})


def _free(path: str, files: object) -> str:
    """Return `path`, or one like it that no file has."""
    taken = cast("dict[str, bytes]", files)
    while path in taken:
        path = path.replace("main", "main_", 1)
    return path


def _name_icon(data: JsonObject, path: str) -> None:
    """Make the picture the main icon, in the place of the one that says "the file itself"."""
    uri = charx.EMBEDDED[0] + path
    listed = data.get("assets")
    assets: list[object] = listed if isinstance(listed, list) else []
    for asset in assets:
        if isinstance(asset, dict) and asset.get("type") == "icon" and asset.get("uri") == "ccdefault:":
            asset["uri"] = uri
            return
    main = any(isinstance(asset, dict) and asset.get("type") == "icon" for asset in assets)
    data["assets"] = [*assets, {"type": "icon", "uri": uri, "name": "avatar" if main else "main", "ext": "png"}]

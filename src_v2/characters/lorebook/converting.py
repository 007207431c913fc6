"""A lorebook in the form that cards carry: what is already in it stays as it is, world info is put into it."""

from copy import deepcopy

from src_v2.characters.cards.strict_json import JsonObject

_POSITIONS = {0: "before_char", 1: "after_char"}
_RENAMED = {
    "key": "keys", "keysecondary": "secondary_keys", "comment": "comment", "content": "content", "constant": "constant",
    "selective": "selective", "order": "insertion_order", "uid": "id",
}  # fmt: skip
_MOVED = {
    "position": "position", "depth": "depth", "selectiveLogic": "selectiveLogic", "probability": "probability",
    "useProbability": "useProbability", "excludeRecursion": "exclude_recursion", "role": "role", "group": "group",
    "preventRecursion": "prevent_recursion", "delayUntilRecursion": "delay_until_recursion", "scanDepth": "scan_depth",
    "caseSensitive": "case_sensitive", "matchWholeWords": "match_whole_words",
}  # fmt: skip


def card_book(data: JsonObject) -> JsonObject:
    """Return the book as a card's `character_book`; fields that neither form knows are kept."""
    inner = data.get("data")
    if data.get("spec") == "lorebook_v3" and isinstance(inner, dict):
        return deepcopy(inner)
    entries = data.get("entries")
    if not isinstance(entries, dict):
        return deepcopy(data)
    book = {key: deepcopy(value) for key, value in data.items() if key != "entries"}
    book.setdefault("extensions", {})
    book["entries"] = [_entry(entry) for entry in entries.values() if isinstance(entry, dict)]
    return book


def _entry(theirs: JsonObject) -> JsonObject:
    if "keys" in theirs:
        return deepcopy(theirs)
    extensions: JsonObject = {}
    entry: JsonObject = {"keys": [], "content": "", "insertion_order": 100, "extensions": extensions}
    for key, value in deepcopy(theirs).items():
        if key in _RENAMED:
            entry[_RENAMED[key]] = value
        elif key == "disable":
            entry["enabled"] = value is not True
        else:
            extensions[_MOVED.get(key, key)] = value
    entry.setdefault("enabled", True)
    entry.setdefault("selective", True)
    position = theirs.get("position")
    entry["position"] = _POSITIONS.get(position, "before_char") if isinstance(position, int) else "before_char"
    return entry

"""Everything that is held about a person, for them to take along: JSON for programs, Markdown for people, in a zip."""

import asyncio
import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from src_v2.core.clock import Clock
from src_v2.core.holdings import Holding, Records
from src_v2.core.jobs import Json
from src_v2.privacy.models import ExportFile

FORMAT, VERSION = "whisperengine-export", 1
MANIFEST = "whisperengine.json"
_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
_ABOUT = """\
# What WhisperEngine holds about you

Taken on {date}. `whisperengine.json` says what kind of file this is; the other JSON files hold every record, one file
per kind; the Markdown files hold the same to be read, one folder per character. Bring this file in again with
`/import`, on the web page under "Your data", or with `whisperengine data import`.

What `traces.json` holds, how questions were answered step by step, is shown only: it is not brought in again.

Vectors, the graph and the cache hold nothing that does not follow from these records, so they are not in here.
"""

Record = Mapping[str, Json]


class Exporter:
    """Gathers what all holdings show of a person."""

    def __init__(self, holdings: Sequence[Holding], clock: Clock) -> None:
        self._holdings = holdings
        self._clock = clock

    async def export(self, user_id: str) -> ExportFile:
        """Return the zip file. Raises StoreUnavailable when something could not be read: half of it is no export."""
        records: dict[str, Sequence[Record]] = {}
        for holding in self._holdings:
            records |= await holding.export(user_id)
        now = self._clock.now()
        content = await asyncio.to_thread(packed, records, user_id, now)
        return ExportFile(f"whisperengine-{now:%Y-%m-%d}.zip", content)


def packed(records: Records, user_id: str, now: datetime) -> bytes:
    """Return the zip file of what was gathered."""
    manifest = {"format": FORMAT, "version": VERSION, "user_id": user_id, "exported_at": now.isoformat()}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, orjson.dumps(manifest, option=_INDENTED))
        archive.writestr("README.md", _ABOUT.format(date=f"{now:%d %B %Y}"))
        for name, rows in records.items():
            archive.writestr(f"{name}.json", orjson.dumps(list(rows), option=_INDENTED))
        for path, text in _readable(records).items():
            archive.writestr(path, text)
    return held.getvalue()


def _readable(records: Records) -> dict[str, str]:
    """Return path -> Markdown: what was said and understood, by character."""
    pages: dict[str, str] = {}
    for character, rows in _by_character(records.get("messages", ())).items():
        pages[f"{character}/conversations.md"] = _conversations(rows)
    for character, rows in _by_character(records.get("facts", ())).items():
        pages[f"{character}/facts.md"] = "# What was understood\n\n" + "".join(map(_fact, rows))
    for character, rows in _by_character(records.get("preferences", ())).items():
        pages[f"{character}/preferences.md"] = "# How you want to be spoken with\n\n" + "".join(map(_wish, rows))
    for character, rows in _by_character(records.get("summaries", ())).items():
        pages[f"{character}/summaries.md"] = "# What was talked about\n\n" + "".join(map(_summary, rows))
    for character, rows in _by_character(records.get("traces", ())).items():
        pages[f"{character}/answers.md"] = "# How questions were answered\n\n" + "".join(map(_trace, rows))
    return pages


def _by_character(rows: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        found[str(row["character"])].append(row)
    return found


def _conversations(rows: Sequence[Record]) -> str:
    lines, day = ["# Conversations\n"], ""
    for row in rows:
        if not row["text"]:
            continue
        at = str(row["created_at"])
        if at[:10] != day:
            day = at[:10]
            lines.append(f"\n## {day}\n")
        place = "" if row["visibility"] == "private" else " (in a server)"
        said = str(row["text"]).replace("\n", "\n> ")
        lines.append(f"**{row['speaker_name']}** {at[11:16]}{place}\n> {said}\n")
    return "\n".join(lines)


def _fact(row: Record) -> str:
    taken_back = "taken back: " if row["stance"] == "retracted" else ""
    until = f", until {row['valid_until']}" if row["valid_until"] else ""
    return (
        f"- {taken_back}{row['subject']} | {row['predicate']} | {row['object']} ({str(row['said_at'])[:10]}{until})\n"
    )


def _wish(row: Record) -> str:
    taken_back = "taken back: " if row["stance"] == "retracted" else ""
    return f"- {taken_back}{row['name']}: {row['value']} ({str(row['said_at'])[:10]})\n"


def _summary(row: Record) -> str:
    return f"## {str(row['started_at'])[:10]}\n\n{row['text']}\n\n"


def _trace(row: Record) -> str:
    steps = orjson.loads(str(row["steps"]))
    tools = ", ".join(str(call["tool"]) for step in steps for call in step["calls"]) or "none"
    asked = str(row["question"]).replace("\n", "\n> ")
    return (
        f"## {str(row['created_at'])[:10]}\n\n> {asked}\n\n{row['answer']}\n\n"
        f"{row['model_calls']} model calls; tools: {tools}\n\n"
    )

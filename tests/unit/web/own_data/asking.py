"""What the tests of the API of people's own data share: every request there is, and how answers are read."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx

from src_v2.privacy.models import Whose

ADA = Whose("elena", "web:ada")
URL = "/api/own-data"
UNKNOWN = "00000000-0000-7000-8000-000000000000"
HISTORY = (
    b'{"mes": "We sailed to Naxos.", "name": "Ada", "is_user": true}\n{"mes": "", "is_user": true}\n'
    b'{"mes": "And back.", "name": "Elena", "is_user": false}'
)
"""A SillyTavern chat of two messages, and an empty one."""

REQUESTS: list[tuple[str, str, object]] = [
    ("GET", "/elena/memories", None),
    ("GET", "/elena/memories/search?q=boat", None),
    ("GET", f"/elena/memories/{UNKNOWN}", None),
    ("PATCH", f"/elena/memories/{UNKNOWN}", {"text": "x"}),
    ("DELETE", f"/elena/memories/{UNKNOWN}", None),
    ("GET", "/elena/facts", None),
    ("PATCH", f"/elena/facts/{UNKNOWN}", {"object": "x"}),
    ("DELETE", f"/elena/facts/{UNKNOWN}", None),
    ("GET", "/elena/summaries", None),
    ("GET", "/elena/preferences", None),
    ("PUT", "/elena/preferences/tone", {"value": "warm"}),
    ("DELETE", "/elena/preferences/tone", None),
    ("GET", "/switches", None),
    ("PUT", "/switches/share", {"on": True}),
    ("GET", "/export", None),
    ("POST", "/erase", {"confirm": "erase"}),
    ("GET", f"/erasures/{UNKNOWN}", None),
    ("POST", "/import?character=elena", {"mes": "hi", "is_user": True}),
]
CHANGING = [request for request in REQUESTS if request[0] != "GET"]


def error_of(response: httpx.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert error["message"]
    return response.status_code, error["code"]


async def texts(http: httpx.AsyncClient, query: str = "") -> list[str]:
    found = (await http.get(f"{URL}/elena/memories{query}")).json()
    return [item["text"] for item in found["items"]]


def exported(content: bytes) -> tuple[str, dict[str, list[str]]]:
    """Return whom an export is about, and what was said, by character."""
    with ZipFile(BytesIO(content)) as archive:
        about: dict[str, Any] = json.loads(archive.read("whisperengine.json"))
        said: dict[str, list[str]] = {}
        for one in json.loads(archive.read("messages.json")):
            said.setdefault(one["character"], []).append(one["text"])
    return str(about["user_id"]), said

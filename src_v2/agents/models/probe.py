"""Finds out, without spending a token, whether a model can be reached and the key is accepted. For `doctor`."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from src_v2.agents.models.guard import is_loopback, require_allowed
from src_v2.agents.models.providers import Protocol
from src_v2.agents.models.spec import ModelSpec

ANTHROPIC_VERSION = "2023-06-01"
OLLAMA_URL = "http://127.0.0.1:11434"
FIRST_REFUSAL = 300
KEY_REFUSED = frozenset({401, 402, 403})


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What was found, in plain words; `remedy` is "" when there is nothing to do."""

    ok: bool
    finding: str
    remedy: str = ""


async def probe(spec: ModelSpec, key: str = "", *, timeout_s: float = 5.0) -> ProbeResult:
    """Ask the server of `spec` for its models; never raises for what the server does."""
    require_allowed(spec)
    config = spec.config
    if config.protocol is Protocol.OFFLINE:
        return ProbeResult(True, "the built-in demonstration model needs no server", "Set LLM_MODEL for a real mind.")
    if config.needs_key and not key:
        return ProbeResult(False, f"{spec.provider} needs a key", f"Set {config.key_name}.")
    try:
        status, body = await _get(spec.base_url + config.key_path, _headers(spec, key), timeout_s)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as problem:
        return ProbeResult(False, f"{spec.base_url} cannot be reached ({type(problem).__name__})", _start_hint(spec))
    return _judge(spec, status, _names(body))


async def find_ollama(base_url: str = OLLAMA_URL, *, timeout_s: float = 0.3) -> list[str]:
    """Return the models that an Ollama at `base_url` has, an empty list when there is none."""
    try:
        status, body = await _get(base_url.rstrip("/") + "/api/tags", {}, timeout_s)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return []
    return _names(body) if status < FIRST_REFUSAL else []


async def _get(url: str, headers: dict[str, str], timeout_s: float) -> tuple[int, Any]:
    """Return the status and the decoded body; raises what aiohttp raises, ValueError when a good answer is no JSON."""
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=not is_loopback(url)) as session,
        session.get(url, headers=headers, allow_redirects=False) as response,
    ):
        good = response.status < FIRST_REFUSAL
        return response.status, await response.json(content_type=None) if good else None


def _headers(spec: ModelSpec, key: str) -> dict[str, str]:
    if not key:
        return {}
    if spec.config.protocol is Protocol.ANTHROPIC:
        return {"x-api-key": key, "anthropic-version": ANTHROPIC_VERSION}
    return {"Authorization": f"Bearer {key}"}


def _judge(spec: ModelSpec, status: int, names: list[str]) -> ProbeResult:
    """Put an answer into words."""
    setting = spec.config.key_name or "LLM_API_KEY"
    if status in KEY_REFUSED:
        return ProbeResult(False, f"{spec.provider} refused the key ({status})", f"Check {setting} and the account.")
    if status >= FIRST_REFUSAL:
        return ProbeResult(
            False, f"{spec.base_url} answered {status}", "Check LLM_BASE_URL and whether the service is up."
        )
    if names and not any(_is_same_model(spec.model, name) for name in names):
        return ProbeResult(False, f"{spec.provider} has no model {spec.model}", _choice(spec, names))
    return ProbeResult(True, f"{spec} can be reached" + (" and the key is accepted" if spec.config.needs_key else ""))


def _choice(spec: ModelSpec, names: list[str]) -> str:
    """Say how to get a model that is there."""
    some = ", ".join(sorted(names)[:8])
    pull = f"Run `ollama pull {spec.model}`, or use" if spec.config.protocol is Protocol.OLLAMA else "Use"
    return f"{pull} one that is there: {some}."


def _start_hint(spec: ModelSpec) -> str:
    if is_loopback(spec.base_url):
        setting = "OLLAMA_BASE_URL" if spec.config.protocol is Protocol.OLLAMA else "LLM_BASE_URL"
        return f"Start the {spec.provider} server, or set its address: {setting}."
    return "Check the network and the address."


def _is_same_model(wanted: str, listed: str) -> bool:
    """Compare names as servers list them: Google puts `models/` in front, Ollama `:latest` behind."""
    return wanted in (listed, listed.removeprefix("models/"), listed.removesuffix(":latest"))


def _names(body: Any) -> list[str]:
    """Return the model names in an OpenAI, Anthropic or Ollama listing; empty when the body is none."""
    listing = body.get("data") or body.get("models") if isinstance(body, dict) else None
    entries = listing if isinstance(listing, list) else []
    found = (entry.get("id") or entry.get("name") for entry in entries if isinstance(entry, dict))
    return [str(name) for name in found if name]

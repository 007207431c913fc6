"""The server tier's files hold what they promise, as far as that can be told without a Docker engine."""

import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from src_v2.config.settings import every_setting, load_settings, variable_name
from src_v2.jobs.names import held_name

ROOT = Path(__file__).parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DATABASES = {"postgres", "qdrant", "neo4j", "redis", "influxdb"}
OURS = ("app", "worker")
SETTINGS = {variable_name(group, field) for group, field, _ in every_setting()}
BLANKED = {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "INFLUX_ADMIN_PASSWORD", "GRAFANA_ADMIN_PASSWORD"}
"""Compose's own secrets, which env_file would otherwise hand to the application."""
VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\}")
SECRET_NAME = re.compile(r"PASSWORD|TOKEN|API_KEY|AUTH\b", re.IGNORECASE)
EMITTED_TAGS = {"character", "mode", "status", "platform"}
EMITTED_FIELDS = {"total_ms", "added_ms", "model_calls", "completion_tokens"}


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions with their arguments, continued lines joined and comments left out."""
    text = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", "", lines)
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def arguments_of(instruction: str) -> list[str]:
    return [rest for word, rest in instructions() if word == instruction]


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """Do with `$$`, `${X}`, `${X:-default}` and `${X:?message}` what docker compose does."""

    def value(match: re.Match[str]) -> str:
        if match["name"] is None:
            return "$"
        found = values.get(match["name"], "")
        if not found and match["kind"] == "?":
            raise LookupError(f"{match['name']}: {match['rest']}")
        return found or (match["rest"] or "" if match["kind"] == "-" else "")

    return VARIABLE.sub(value, text)


def read_env(path: Path) -> dict[str, str]:
    lines = [line.partition("=") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in lines}


def run_make_env(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it as `make env` does, without site-packages: it must need nothing but Python."""
    script = ROOT / "docker" / "make_env.py"
    return subprocess.run(
        [sys.executable, "-I", "-S", script, folder], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.fixture(scope="module")
def make_env() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_env", ROOT / "docker" / "make_env.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a fresh `.env`, made as a new operator makes it."""
    shutil.copy(ROOT / ".env.example", tmp_path)
    assert run_make_env(tmp_path).returncode == 0
    return tmp_path


@pytest.fixture
def no_settings_in_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_tier_is_complete() -> None:
    assert set(SERVICES) == {*DATABASES, *OURS, "grafana"}
    assert SERVICES["grafana"]["profiles"] == ["observability"]
    assert SERVICES["worker"]["profiles"] == ["workers"]
    assert SERVICES["postgres"]["image"].startswith("postgres:17.")
    assert SERVICES["neo4j"]["image"].startswith("neo4j:5.")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_watched_bounded_and_restarted(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"])
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["options"]["max-size"]


def test_images_are_pinned() -> None:
    images = [service["image"] for service in SERVICES.values()]
    for image in [
        *images,
        *(rest.partition("=")[2] for rest in arguments_of("ARG") if rest.startswith("PYTHON_IMAGE")),
    ]:
        _, _, tag = image.rpartition(":")
        assert re.match(r"v?\d+\.\d+\.?\d*", tag), f"{image} is not pinned to a version"
        assert "latest" not in image


def test_databases_are_reachable_from_inside_only() -> None:
    assert COMPOSE["networks"]["stores"] == {"internal": True}
    for name in DATABASES:
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["stores"]


def test_what_is_published_listens_on_loopback_by_default() -> None:
    ports = [interpolated(port, {}) for service in SERVICES.values() for port in service.get("ports", [])]
    assert sorted(ports) == ["127.0.0.1:3000:3000", "127.0.0.1:8000:8000"]


@pytest.mark.parametrize("name", OURS)
def test_the_application_waits_until_every_database_is_healthy(name: str) -> None:
    waits_for = SERVICES[name]["depends_on"]
    assert set(waits_for) == DATABASES
    assert all(wait["condition"] == "service_healthy" for wait in waits_for.values())


def test_what_must_survive_lies_on_named_volumes() -> None:
    used = [mount.partition(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]
    assert {source for source in used if not source.startswith("./")} == set(COMPOSE["volumes"])
    assert all((ROOT / source).exists() for source in used if source.startswith("./"))
    # A cache is no place for anything that must survive.
    assert all("volumes" in SERVICES[name] for name in {*DATABASES, *OURS} - {"redis"})


def test_no_password_is_written_down() -> None:
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if SECRET_NAME.search(name) and value:
                assert re.fullmatch(r"(neo4j/)?\$\{\w+:\?run make env first\}", value), name
    grafana = (ROOT / "docker" / "grafana" / "provisioning" / "datasources" / "influxdb.yml").read_text()
    assert yaml.safe_load(grafana)["datasources"][0]["secureJsonData"] == {"token": "$INFLUX_TOKEN"}
    assert "://whisperengine:${POSTGRES_PASSWORD:?" in COMPOSE_TEXT
    assert "://:${REDIS_PASSWORD:?" in COMPOSE_TEXT


def test_compose_refuses_to_start_before_make_env() -> None:
    with pytest.raises(LookupError, match="run make env first"):
        interpolated(COMPOSE_TEXT, read_env(ROOT / ".env.example"))


def test_every_variable_has_a_line_in_env(folder: Path) -> None:
    used = {match["name"] for match in VARIABLE.finditer(COMPOSE_TEXT) if match["name"]}
    assert used <= set(read_env(folder / ".env"))


@pytest.mark.parametrize("name", OURS)
def test_the_application_gets_settings_and_nothing_else(name: str) -> None:
    given = SERVICES[name]["environment"]
    assert set(given) - SETTINGS == BLANKED
    assert all(given[name] == "" for name in BLANKED)


def test_the_application_accepts_its_environment(folder: Path, no_settings_in_environment: pytest.MonkeyPatch) -> None:
    written = read_env(folder / ".env")
    app = yaml.safe_load(interpolated(COMPOSE_TEXT, written))["services"]["app"]
    for name, value in {**written, **app["environment"]}.items():
        no_settings_in_environment.setenv(name, value)
    settings = load_settings(env_file=None)
    assert settings.web.host == "0.0.0.0"
    assert settings.web.token.get_secret_value() == written["WEB_TOKEN"]
    assert written["POSTGRES_PASSWORD"] in settings.stores.database_url.get_secret_value()
    assert settings.general.shutdown_grace_s < float(app["stop_grace_period"].removesuffix("s"))


def test_the_embedded_tier_stays_embedded_after_make_env(
    folder: Path, no_settings_in_environment: pytest.MonkeyPatch
) -> None:
    stores = load_settings(env_file=folder / ".env").stores
    assert not stores.database_url.get_secret_value()
    assert not stores.redis_url.get_secret_value()
    assert [stores.qdrant_url, stores.neo4j_uri, stores.influx_url] == ["", "", ""]


def test_env_is_private_and_every_password_another(folder: Path, make_env: ModuleType) -> None:
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    values = read_env(folder / ".env")
    passwords = [values[name] for name in (*make_env.SETTINGS, *make_env.COMPOSE_SECRETS)]
    assert len(set(passwords)) == len(passwords) == 8
    assert all(re.fullmatch(r"[\w-]{40,}", password, re.ASCII) for password in passwords)
    assert set(make_env.SETTINGS) <= SETTINGS
    assert set(make_env.COMPOSE_SECRETS) == BLANKED


def test_no_password_looks_like_an_option(tmp_path: Path, make_env: ModuleType) -> None:
    for _ in range(40):
        (tmp_path / ".env").write_text("")
        make_env.write_env(tmp_path)
        assert not any(value.startswith("-") for value in read_env(tmp_path / ".env").values())


def test_make_env_changes_nothing_the_second_time_and_tells_no_secret(folder: Path) -> None:
    before = (folder / ".env").read_bytes()
    again = run_make_env(folder)
    assert (folder / ".env").read_bytes() == before
    assert not [value for value in read_env(folder / ".env").values() if len(value) > 40 and value in again.stdout]


def test_make_env_keeps_what_the_operator_wrote(tmp_path: Path) -> None:
    own = "# mine\nLLM_MODEL=ollama:llama3.2\nWEB_TOKEN='a token of my own'\nNEO4J_PASSWORD=\nREDIS_PASSWORD=kept-one"
    (tmp_path / ".env").write_text(own)
    (tmp_path / ".env").chmod(0o644)
    assert run_make_env(tmp_path).returncode == 0
    text, values = (tmp_path / ".env").read_text(), read_env(tmp_path / ".env")
    assert text.startswith("# mine\nLLM_MODEL=ollama:llama3.2\nWEB_TOKEN='a token of my own'\nNEO4J_PASSWORD=")
    assert values["REDIS_PASSWORD"] == "kept-one"
    assert len(values["NEO4J_PASSWORD"]) >= 40
    assert text.count("NEO4J_PASSWORD=") == text.count("WEB_TOKEN=") == 1
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_make_env_says_what_is_missing(tmp_path: Path) -> None:
    failed = run_make_env(tmp_path)
    assert failed.returncode == 1
    assert ".env.example" in failed.stderr


def test_the_image_is_built_in_stages_and_runs_as_nobody_special() -> None:
    assert len(arguments_of("FROM")) == 2
    final = instructions()[[i for i, (word, _) in enumerate(instructions()) if word == "FROM"][-1] :]
    assert ("USER", "10001:10001") in final
    assert not any(re.search(r"\b(apt-get|gcc|uv|pip)\b", rest) for word, rest in final if word == "RUN")
    assert ("VOLUME", '["/data"]') in final
    assert not any("--chown" in rest for word, rest in final if word == "COPY")


def test_a_worker_is_a_process_like_the_application_without_a_page(
    folder: Path, no_settings_in_environment: pytest.MonkeyPatch
) -> None:
    written = read_env(folder / ".env")
    worker = yaml.safe_load(interpolated(COMPOSE_TEXT, written))["services"]["worker"]
    for name, value in {**written, **worker["environment"]}.items():
        no_settings_in_environment.setenv(name, value)
    stores = load_settings(env_file=None).stores
    assert all([stores.database_url.get_secret_value(), stores.qdrant_url, stores.neo4j_uri])
    assert "ports" not in worker
    assert worker["command"] == ["worker"]
    assert worker["image"] == SERVICES["app"]["image"]
    assert set(SERVICES["app"]["environment"]) - set(worker["environment"]) == {"WEB_PORT", "WEB_TOKEN"}
    shared = {mount.partition(":")[0] for mount in worker["volumes"]} & {
        mount.partition(":")[0] for mount in SERVICES["app"]["volumes"]
    }
    assert shared == {"./characters"}


def test_a_worker_is_healthy_while_it_shows_its_badge(tmp_path: Path) -> None:
    command = SERVICES["worker"]["healthcheck"]["test"][1:]
    assert SERVICES["worker"]["environment"]["DATA_DIR"] in command[-1]
    here = [sys.executable, "-c", command[-1].replace("/data/", f"{tmp_path}/")]
    with held_name(tmp_path) as badge:
        assert subprocess.run(here, check=False).returncode == 0
        os.utime(badge.path, (0, 0))
        assert subprocess.run(here, check=False).returncode == 1


def test_signals_reach_the_process() -> None:
    (entrypoint,) = arguments_of("ENTRYPOINT")
    assert json.loads(entrypoint) == ["whisperengine"]


def test_image_and_compose_check_the_same_readiness() -> None:
    (check,) = arguments_of("HEALTHCHECK")
    command = json.loads(check[check.index("[") :])
    assert ["CMD", *command] == SERVICES["app"]["healthcheck"]["test"]
    compile(command[-1], "healthcheck", "exec")
    assert "/readyz" in command[-1]


def test_image_installs_with_the_makefiles_uv() -> None:
    makefile = (ROOT / "Makefile").read_text()
    pinned = re.search(r"^UV_VERSION := (\S+)$", makefile, re.MULTILINE)
    assert pinned is not None
    assert f"UV_VERSION={pinned[1]}" in arguments_of("ARG")


def test_the_build_sees_what_it_copies_and_no_secret() -> None:
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    seen = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    copied = {word for rest in arguments_of("COPY") if "--from" not in rest for word in rest.split()[:-1]}
    assert "*" in ignore
    assert seen == copied


def test_the_dashboard_asks_for_what_is_measured() -> None:
    datasources = yaml.safe_load((ROOT / "docker/grafana/provisioning/datasources/influxdb.yml").read_text())
    dashboard = json.loads((ROOT / "docker/grafana/dashboards/turns.json").read_text())
    queries = [target["query"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert all('r._measurement == "turn"' in query for query in queries)
    assert {name for query in queries for name in re.findall(r'r\._field == "(\w+)"', query)} == EMITTED_FIELDS
    assert set(re.findall(r'group\(columns: \["(\w+)"\]', "".join(queries))) == EMITTED_TAGS
    engine = "".join(path.read_text() for path in (ROOT / "src_v2" / "agents").glob("*.py"))
    assert all(f'"{name}"' in engine for name in EMITTED_TAGS | EMITTED_FIELDS)
    uids = {panel["datasource"]["uid"] for panel in dashboard["panels"]}
    assert uids == {datasources["datasources"][0]["uid"]}


def test_docker_compose_itself_accepts_the_file(folder: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("there is no docker client with compose on this machine")
    shutil.copy(ROOT / "docker-compose.yml", folder)
    command = [docker, "compose", "--profile", "observability", "config", "--quiet"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr

"""Every setting is documented, read by somebody, and explained when it is wrong: `src_v2.config`."""

import ast
from pathlib import Path

import pytest

from src_v2.config.env_example import render_env_example
from src_v2.config.settings import every_setting, load_settings, variable_name
from src_v2.core.errors import SettingsError

ROOT = Path(__file__).parents[3]
SECRET = "sk-very-secret-value-123456"


def test_env_example_lists_every_setting_with_its_default() -> None:
    assert (ROOT / ".env.example").read_text() == render_env_example(), "run `make env-example`"


def test_the_documented_defaults_are_accepted_and_change_nothing() -> None:
    assert load_settings(ROOT / ".env.example") == load_settings(None)


def _names_read(source: Path) -> set[str]:
    return {node.attr for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Attribute)}


def test_every_setting_is_read_somewhere() -> None:
    read: set[str] = set()
    for source in (ROOT / "src_v2").rglob("*.py"):
        if source.parent.name != "config":
            read |= _names_read(source)
    # Provider keys are read together, by their suffix, and the Discord tokens by `Settings.discord_tokens`.
    in_settings = _names_read(ROOT / "src_v2" / "config" / "settings.py")
    unread = [
        variable_name(group, name)
        for group, name, _ in every_setting()
        if name not in read | in_settings and not name.endswith("_api_key")
    ]
    assert unread == []


def test_every_setting_has_a_meaning_in_one_line() -> None:
    for group, name, field in every_setting():
        assert field.description, variable_name(group, name)
        assert "\n" not in field.description


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("LLM_TEMPERATURE", "hot", "valid number"),
        ("WEB_PORT", "99999", "less than or equal to 65535"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO'"),
        ("DISCORD_TOKENS", "marcus", "name=TOKEN"),
        ("WEB_TOKEN", "short", "16 characters"),
    ],
)
def test_a_wrong_value_is_named_and_explained(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, hint: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert variable in str(caught.value)
    assert hint in str(caught.value)


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_TEMPERATURE", "hot")
    monkeypatch.setenv("MEMORY_RECALL_LIMIT", "0")
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert "LLM_TEMPERATURE" in str(caught.value)
    assert "MEMORY_RECALL_LIMIT" in str(caught.value)


def test_a_wrong_value_of_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKENS", SECRET)
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert SECRET not in str(caught.value)


def test_secrets_do_not_show_in_the_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LLM_API_KEY", "DISCORD_TOKEN", "DATABASE_URL", "OPENAI_API_KEY", "WEB_TOKEN"):
        monkeypatch.setenv(variable, SECRET)
    settings = load_settings(None)
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.model_dump())


def test_listening_on_a_network_needs_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_HOST", "0.0.0.0")
    with pytest.raises(SettingsError, match="WEB_TOKEN is required"):
        load_settings(None)
    monkeypatch.setenv("WEB_TOKEN", SECRET)
    assert load_settings(None).web.host == "0.0.0.0"


def test_several_characters_have_a_token_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t-elena")
    monkeypatch.setenv("DISCORD_TOKENS", "Marcus=t-marcus, aria = t-aria")
    assert load_settings(None).discord_tokens() == {"elena": "t-elena", "marcus": "t-marcus", "aria": "t-aria"}


def test_an_empty_line_means_the_default(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("LLM_MODEL=\nWEB_PORT=\nCHARACTER=marcus\n")
    settings = load_settings(env_file)
    assert settings.llm.model == "offline:demo"
    assert settings.web.port == 8000
    assert settings.general.character == "marcus"

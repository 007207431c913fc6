"""Buttons, choices and forms as a person's client uses them: what is below a message, and the interaction it makes."""

from collections.abc import Iterator
from typing import Any

from tests.support.discord import payloads
from tests.support.discord.slash import context
from tests.support.discord.state import BotAccount, Channel, Interaction, Message, User

BUTTON, SELECT, TEXT_INPUT, LABEL = 2, 3, 4, 18
COMPONENT_USED, FORM_SENT = 3, 5

Part = dict[str, Any]


def parts_of(message: Message) -> Iterator[Part]:
    """Return the buttons and choices below a message."""
    for row in message.components:
        yield from row.get("components", ())


def button(message: Message, label: str) -> Part:
    """Return the button that begins with `label`. AssertionError when there is none, or it cannot be pressed."""
    found = [part for part in parts_of(message) if part["type"] == BUTTON and part["label"].startswith(label)]
    assert found, f"no button {label!r}; there: {labels(message)}"
    assert not found[0].get("disabled"), f"the button {label!r} cannot be pressed"
    return found[0]


def labels(message: Message) -> list[str]:
    """Return what stands on the buttons below a message."""
    return [part["label"] for part in parts_of(message) if part["type"] == BUTTON]


def option(message: Message, text: str) -> tuple[Part, str]:
    """Return the list that has an option in which `text` occurs, and the option's value."""
    for part in parts_of(message):
        for item in part.get("options", ()):
            if text in item["label"]:
                return part, str(item["value"])
    raise AssertionError(f"no option with {text!r}")


def used(
    user: User, bot: BotAccount, message: Message, part: Part, values: list[str], at: float, limit: int
) -> Interaction:
    """Return the interaction of a button that is pressed, or of a list from which `values` are chosen."""
    data: Part = {"id": part["id"], "custom_id": part["custom_id"], "component_type": part["type"]}
    if part["type"] == SELECT:
        data["values"] = values
    about = {"message": payloads.message(message, bot), "data": data}
    made = _interaction(user, bot, message.channel, COMPONENT_USED, about, at, limit)
    made.source = message
    return made


def sent(form: Interaction, fields: dict[str, str], at: float, limit: int) -> Interaction:
    """Return the interaction of the form that `form` was answered with, filled in; unnamed fields stay as they are."""
    assert form.modal is not None, "there is no form"
    inputs = [row["component"] for row in form.modal["components"]]
    unknown = set(fields) - {field["custom_id"] for field in inputs}
    assert not unknown, f"the form has no field {sorted(unknown)}"
    rows = [_filled(number, field, fields) for number, field in enumerate(inputs, 1)]
    about: Part = {"data": {"custom_id": form.modal["custom_id"], "components": rows}}
    if form.source is not None:
        about["message"] = payloads.message(form.source, form.bot)
    made = _interaction(form.user, form.bot, form.channel, FORM_SENT, about, at, limit)
    made.source, made.opened_by = form.source, form
    return made


def _filled(number: int, field: Part, fields: dict[str, str]) -> Part:
    value = fields.get(field["custom_id"], field.get("value") or "")
    most = field.get("max_length") or 4000
    assert len(value) <= most, f"the field takes {most} characters"
    assert value or not field.get("required", True), "the field must be filled in"
    told = {"type": TEXT_INPUT, "id": 2 * number, "custom_id": field["custom_id"], "value": value}
    return {"type": LABEL, "id": 2 * number - 1, "component": told}


def _interaction(
    user: User, bot: BotAccount, channel: Channel, kind: int, about: Part, at: float, limit: int
) -> Interaction:
    head = {"application_id": bot.id, "type": kind, "version": 1}
    payload = context(user, bot, channel, limit) | head | about
    return Interaction(user, bot, channel, "", payload, at)

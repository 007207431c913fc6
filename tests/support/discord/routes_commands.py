"""REST routes for slash commands: registering them, answering interactions, and editing the answers afterwards."""

from typing import Any

from tests.support.discord import payloads
from tests.support.discord.answers import NO_CONTENT, Answer, invalid, missing_access, unknown
from tests.support.discord.bodies import MessageBody, message_body, read_message
from tests.support.discord.lookup import answered, unanswered
from tests.support.discord.rest import Call, Route
from tests.support.discord.state import EPHEMERAL, LOADING, Interaction, Message, new_snowflake
from tests.support.discord.world import World

REPLY, DEFERRED, DEFERRED_UPDATE, UPDATE, AUTOCOMPLETE, MODAL = 4, 5, 6, 7, 8, 9
"""Callback types of interactions."""
FORM_SENT = 5
"""The type of an interaction that sends a form."""


def set_commands(world: World, call: Call) -> Answer:
    """Replace all commands, global or of one guild."""
    _require_own(call)
    guild_id = call.params.get("guild_id")
    call.me.commands[guild_id] = [_command(call, guild_id, item) for item in call.json or ()]
    world.changes.notify()
    return Answer(200, call.me.commands[guild_id])


def get_commands(_world: World, call: Call) -> Answer:
    """List the commands, global or of one guild."""
    _require_own(call)
    return Answer(200, call.me.commands.get(call.params.get("guild_id"), []))


def callback(world: World, call: Call) -> Answer:
    """Take the first answer to an interaction."""
    run = unanswered(world, call)
    kind = call.fields["type"]
    if kind not in (REPLY, DEFERRED, DEFERRED_UPDATE, UPDATE, AUTOCOMPLETE, MODAL):
        raise invalid("type", "BASE_TYPE_CHOICES", "Value must be one of the callback types.")
    data = call.fields.get("data") or {}
    is_update = kind in (DEFERRED_UPDATE, UPDATE)
    if (is_update and run.source is None) or (kind == MODAL and run.payload["type"] == FORM_SENT):
        raise invalid("type", "INTERACTION_CALLBACK_TYPE_INVALID", "This interaction cannot be answered like that.")
    if is_update:
        _update(world, call, run, data)
    elif kind in (REPLY, DEFERRED):
        _first_message(world, call, run, kind, data)
    elif kind == MODAL:
        run.modal = data
    elif kind == AUTOCOMPLETE:
        run.choices = data["choices"]
    run.callback_type = kind
    world.changes.notify()
    return _callback_answer(run, kind) if call.query.get("with_response") in ("1", "true") else NO_CONTENT


def follow_up(world: World, call: Call) -> Answer:
    """Send a further message; after a deferral the first one takes the place of "thinking"."""
    run = answered(world, call)
    body = message_body(call, run.channel, world.file_limit)
    body.require_something()
    if run.original is not None and run.original.is_loading:
        return _changed(world, run.original, body)
    return Answer(200, payloads.message(_post(world, run, body)))


def get_answer(world: World, call: Call) -> Answer:
    """Return one of the answers."""
    return Answer(200, payloads.message(_answer_named(world, call)))


def edit_answer(world: World, call: Call) -> Answer:
    """Edit one of the answers; this also ends "thinking"."""
    message = _answer_named(world, call)
    return _changed(world, message, message_body(call, message.channel, world.file_limit, message.attachments))


def delete_answer(world: World, call: Call) -> Answer:
    """Delete one of the answers."""
    message = _answer_named(world, call)
    world.delete(message, message.author)
    return NO_CONTENT


def _require_own(call: Call) -> None:
    if call.params["application_id"] != call.me.id:
        raise missing_access()


def _command(call: Call, guild_id: str | None, wanted: dict[str, Any]) -> dict[str, Any]:
    before = call.me.commands.get(guild_id, [])
    known = next((item["id"] for item in before if item["name"] == wanted["name"]), None)
    defaults = {"type": 1, "description": "", "default_member_permissions": None, "nsfw": False}
    place = {"guild_id": guild_id} if guild_id else {}
    given = {name: value for name, value in wanted.items() if value is not None}
    if "default_member_permissions" in given:  # taken as a number too, given back as text
        given["default_member_permissions"] = str(given["default_member_permissions"])
    ids = {"id": known or new_snowflake(), "application_id": call.me.id, "version": new_snowflake()}
    return defaults | given | place | ids


def _first_message(world: World, call: Call, run: Interaction, kind: int, data: dict[str, Any]) -> None:
    body = read_message(data, call.uploads, run.channel, world.file_limit)
    if kind == REPLY:
        body.require_something()
    else:
        body.flags |= LOADING
    _post(world, run, body, is_original=True)


def _update(world: World, call: Call, run: Interaction, data: dict[str, Any]) -> None:
    """Let the message that a part is on be the answer, and change it when the request says how."""
    assert run.source is not None
    run.original = run.source
    changes = read_message(data, call.uploads, run.channel, world.file_limit, run.source.attachments)
    if changes.changes():
        world.edit(run.source, changes.changes(), changes.allowed_mentions)


def _post(world: World, run: Interaction, body: MessageBody, *, is_original: bool = False) -> Message:
    return world.post(
        run.bot,
        run.channel,
        body.content or "",
        allowed_mentions=body.allowed_mentions,
        attachments=body.attachments or (),
        embeds=body.embeds or (),
        components=body.components or (),
        flags=body.flags & (EPHEMERAL | LOADING),
        interaction=run,
        is_original=is_original,
    )


def _changed(world: World, message: Message, body: MessageBody) -> Answer:
    changes = body.changes()
    if message.is_loading:
        changes["flags"] = message.flags & ~LOADING
    world.edit(message, changes, body.allowed_mentions)
    return Answer(200, payloads.message(message))


def _answer_named(world: World, call: Call) -> Message:
    run = answered(world, call)
    wanted = call.params.get("message_id")
    known = [*run.messages, *filter(None, [run.original])]
    found = run.original if wanted is None else next((item for item in known if item.id == wanted), None)
    if found is None or found.deleted:
        raise unknown(10008, "Message")
    return found


def _callback_answer(run: Interaction, kind: int) -> Answer:
    told: dict[str, Any] = {"id": run.id, "type": run.payload["type"]}
    body: dict[str, Any] = {"interaction": told}
    if run.original is not None:
        told["response_message_id"] = run.original.id
        told["response_message_loading"] = run.original.is_loading
        told["response_message_ephemeral"] = run.original.is_ephemeral
        if kind in (REPLY, UPDATE):
            body["resource"] = {"type": kind, "message": payloads.message(run.original)}
    return Answer(200, body)


_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
ROUTES = {
    f"GET {_GLOBAL}": Route(get_commands, major="application_id"),
    f"PUT {_GLOBAL}": Route(set_commands, major="application_id"),
    f"GET {_GUILD}": Route(get_commands, major="guild_id"),
    f"PUT {_GUILD}": Route(set_commands, major="guild_id"),
    f"POST {_CALLBACK}": Route(callback, needs_token=False),
    f"POST {_WEBHOOK}": Route(follow_up, "webhooks", needs_token=False),
    f"GET {_WEBHOOK}/messages/@original": Route(get_answer, "webhooks", needs_token=False),
    f"PATCH {_WEBHOOK}/messages/@original": Route(edit_answer, "webhooks", needs_token=False),
    f"DELETE {_WEBHOOK}/messages/@original": Route(delete_answer, "webhooks", needs_token=False),
    f"GET {_WEBHOOK}/messages/{{message_id}}": Route(get_answer, "webhooks", needs_token=False),
    f"PATCH {_WEBHOOK}/messages/{{message_id}}": Route(edit_answer, "webhooks", needs_token=False),
    f"DELETE {_WEBHOOK}/messages/{{message_id}}": Route(delete_answer, "webhooks", needs_token=False),
}

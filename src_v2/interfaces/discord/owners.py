"""Who owns a bot on Discord."""

from src_v2.interfaces.discord.client import CharacterClient


def is_owner(client: CharacterClient, user_id: int) -> bool:
    """Whether a person owns the application, belongs to the team that does, or is named in the settings."""
    if str(user_id) in client.around.options.owner_ids:
        return True
    application = client.application
    if application is None:
        return False
    team = application.team.members if application.team else []
    return user_id in {application.owner.id, *(member.id for member in team)}

"""Settings of what characters do by themselves."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from src_v2.config.groups import Group


class OutreachSettings(Group):
    """Whether characters may write to people by themselves."""

    title = "Characters that write by themselves"
    model_config = SettingsConfigDict(env_prefix="OUTREACH_")

    enabled: bool = Field(
        True, description="False: no character writes to anybody by itself, whoever asked for it with reach-out."
    )

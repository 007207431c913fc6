"""Settings of what characters notice and write by themselves."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from src_v2.config.groups import Group


class EpiphaniesSettings(Group):
    """Patterns in what people say over weeks."""

    title = "Epiphanies"
    model_config = SettingsConfigDict(env_prefix="EPIPHANIES_")

    enabled: bool = Field(
        True, description="True: once a week, off the reply path, characters look for patterns in what a person says."
    )


class ReflectingSettings(Group):
    """Looking back at conversations."""

    title = "Looking back"
    model_config = SettingsConfigDict(env_prefix="REFLECTING_")

    enabled: bool = Field(
        True,
        description="True: a finished conversation is looked over once, for triggers of evolution.yaml and for goals.",
    )


class DiarySettings(Group):
    """What characters write about their days."""

    title = "Diary"
    model_config = SettingsConfigDict(env_prefix="DIARY_")

    enabled: bool = Field(
        True, description="True: characters keep a diary of their days with each person, shown to that person only."
    )

"""What groups of settings have in common: a prefix in the environment, a title in `.env.example`, lists with commas."""

from typing import Annotated, ClassVar

from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CommaList = Annotated[tuple[str, ...], NoDecode]


def split_commas(value: object) -> object:
    """Read `a, b` as a tuple; leave anything that is not text alone."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class Group(BaseSettings):
    """One group of settings that share a prefix."""

    title: ClassVar[str]
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

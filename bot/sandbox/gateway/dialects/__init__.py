"""Which dialects the sandbox gateway speaks: one file and one line for each, of code or of TOML."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.sandbox.gateway.dialects.ai_admin import AiAdminDialect
from bot.sandbox.gateway.dialects.base import MakesDialect
from bot.sandbox.gateway.dialects.evolution import EvolutionDialect
from bot.sandbox.gateway.dialects.gowa import GowaDialect
from bot.sandbox.gateway.dialects.told import TOLD, ToldDialect, told
from bot.sandbox.gateway.dialects.waha import WahaDialect
from bot.sandbox.gateway.dialects.wppconnect import WppconnectDialect
from bot.sandbox.gateway.dialects.wuzapi import WuzapiDialect


def _of_file(name: str) -> MakesDialect:
    """Read when it is played, and not before."""
    return lambda behind: ToldDialect(told(name), behind)


DIALECTS: Mapping[str, MakesDialect] = {
    "ai_admin": AiAdminDialect,
    "evolution": EvolutionDialect,
    "waha": WahaDialect,
    "wuzapi": WuzapiDialect,
    "gowa": GowaDialect,
    "wppconnect": WppconnectDialect,
    **{name: _of_file(name) for name in TOLD},
}


def maker_of(dialect: str | Mapping[str, Any]) -> MakesDialect:
    """What makes the dialect of a kind, or one of what a file would hold."""
    return DIALECTS[dialect] if isinstance(dialect, str) else partial(ToldDialect, dialect)

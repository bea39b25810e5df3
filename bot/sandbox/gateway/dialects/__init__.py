"""Which dialects the sandbox gateway speaks: one file and one line for each."""

from collections.abc import Mapping

from bot.sandbox.gateway.dialects.ai_admin import AiAdminDialect
from bot.sandbox.gateway.dialects.base import MakesDialect
from bot.sandbox.gateway.dialects.evolution import EvolutionDialect
from bot.sandbox.gateway.dialects.gowa import GowaDialect
from bot.sandbox.gateway.dialects.waha import WahaDialect
from bot.sandbox.gateway.dialects.wppconnect import WppconnectDialect
from bot.sandbox.gateway.dialects.wuzapi import WuzapiDialect

DIALECTS: Mapping[str, MakesDialect] = {
    "ai_admin": AiAdminDialect,
    "evolution": EvolutionDialect,
    "waha": WahaDialect,
    "wuzapi": WuzapiDialect,
    "gowa": GowaDialect,
    "wppconnect": WppconnectDialect,
}

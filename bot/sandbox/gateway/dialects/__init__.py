"""Which dialects the sandbox gateway speaks: one file and one line for each."""

from collections.abc import Mapping

from bot.sandbox.gateway.dialects.ai_admin import AiAdminDialect
from bot.sandbox.gateway.dialects.base import MakesDialect
from bot.sandbox.gateway.dialects.evolution import EvolutionDialect
from bot.sandbox.gateway.dialects.waha import WahaDialect

DIALECTS: Mapping[str, MakesDialect] = {
    "ai_admin": AiAdminDialect,
    "evolution": EvolutionDialect,
    "waha": WahaDialect,
}

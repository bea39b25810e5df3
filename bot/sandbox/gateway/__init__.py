"""A small Baileys-like gateway over HTTP: the `ai_admin` contract with real auth directories."""

from bot.sandbox.gateway.acts import NotNow
from bot.sandbox.gateway.company import GatewayCompany
from bot.sandbox.gateway.server import GatewaySandbox
from bot.sandbox.gateway.session import Pace, Phase

__all__ = ["GatewayCompany", "GatewaySandbox", "NotNow", "Pace", "Phase"]

"""A small WhatsApp gateway over HTTP: one pool with real auth directories, several dialects."""

from bot.sandbox.gateway.acts import NotNow
from bot.sandbox.gateway.company import GatewayCompany
from bot.sandbox.gateway.dialects import DIALECTS
from bot.sandbox.gateway.dialects.told_facts import token_of
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.server import GatewaySandbox
from bot.sandbox.gateway.session import Phase, SessionTimes

__all__ = [
    "DIALECTS",
    "GatewayCompany",
    "GatewaySandbox",
    "Happening",
    "NotNow",
    "Phase",
    "SessionTimes",
    "token_of",
]

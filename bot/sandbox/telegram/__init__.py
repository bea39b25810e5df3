"""A local Bot API server: people to speak as, a group, a chat page."""

from bot.sandbox.telegram.demo_world import ANNA, BORIS, GLEB, GROUP_ID, VERA, demo_world, translate
from bot.sandbox.telegram.first_reader import FirstReader
from bot.sandbox.telegram.server import TelegramSandbox

__all__ = [
    "ANNA",
    "BORIS",
    "GLEB",
    "GROUP_ID",
    "VERA",
    "FirstReader",
    "TelegramSandbox",
    "demo_world",
    "translate",
]

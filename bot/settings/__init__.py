"""Settings: the only reader of the environment.

In: environment variables, a `.env` file, files named by `NAME_FILE`. Out: one frozen `Settings` of
typed values, or `SettingsProblems` with everything that is wrong; and a `Setup` of the gateways,
which a configuration file may describe, or `ConfigProblems`.
"""

from bot.settings.docs import SettingDoc
from bot.settings.file.read_setup import ConfigProblems, read_setup
from bot.settings.model import Settings, documented
from bot.settings.problems import SettingsProblems, format_problems
from bot.settings.secrets import secret_of, secrets_in
from bot.settings.setup import GatewaySetup, Setup, setup_by_environment, with_tokens
from bot.settings.sources import (
    environment_for_others,
    load,
    lookalikes,
    problem_with,
)
from bot.settings.values import ListenAddress, NamedCompany

__all__ = [
    "ConfigProblems",
    "GatewaySetup",
    "ListenAddress",
    "NamedCompany",
    "SettingDoc",
    "Settings",
    "SettingsProblems",
    "Setup",
    "documented",
    "environment_for_others",
    "format_problems",
    "load",
    "lookalikes",
    "problem_with",
    "read_setup",
    "secret_of",
    "secrets_in",
    "setup_by_environment",
    "with_tokens",
]

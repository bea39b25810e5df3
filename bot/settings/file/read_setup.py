"""Reads the setup: the gateways of the file, or the one of the environment, which wins.

With one gateway in the file, the environment's settings of a gateway override its keys. With
several nobody could say which one they mean, so they are refused.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.domain.company import CompanyId, GatewayName
from bot.domain.config_file import ConfigFault, Problem
from bot.domain.roster import EVERYTHING, CompanySetup
from bot.settings.file.cross_checks import cross
from bot.settings.file.tables import Tables, Values
from bot.settings.model import Settings
from bot.settings.setup import GatewaySetup, Setup, setup_by_environment
from bot.settings.sources import ENV_FILE, SettingsSource, UnreadableSecret, Variables

_MOST_BYTES = 4 * 1024 * 1024

# Settings of a gateway, and what their values are called in the file.
_OVERRIDES: Mapping[str, str] = {
    "gateway": "kind",
    "gateway_url": "url",
    "gateway_key": "key",
    "hook_key": "hook_key",
    "sessions_dir": "sessions_dir",
    "gateway_log": "log",
    "gateway_restart_command": "restart_command",
    "companies": "companies",
}


class ConfigProblems(Exception):
    """The file cannot be used. Whose fault: its writer's; it takes a change to try again."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems in {path.name}")
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))


def read_setup(
    settings: Settings, environ: SettingsSource | None = None, env_file: Path | None = ENV_FILE
) -> Setup:
    """The setup, or ConfigProblems with all of them at once.

    Keys of gateways are looked up in the environment and in `env_file` anew each time.
    """
    path = settings.config_file
    if path is None:
        return setup_by_environment(settings)
    try:
        with path.open("rb") as opened:
            text = opened.read(_MOST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigProblems(
            path, [Problem(fault=ConfigFault.UNREADABLE, other=reason or "")]
        ) from None
    reading = _Reading(settings, Tables(text), Variables(environ, env_file))
    setup = reading.setup()
    if reading.problems:
        raise ConfigProblems(path, reading.problems)
    return setup


class _Reading:
    """One reading of one file."""

    def __init__(self, settings: Settings, tables: Tables, variables: Variables) -> None:
        self._settings = settings
        self._tables = tables
        self._variables = variables
        self._names: list[str] = []  # the variables that hold keys

    @property
    def problems(self) -> list[Problem]:
        return self._tables.problems

    def setup(self) -> Setup:
        """The setup as far as it was understood."""
        tables = self._tables
        if not tables.gateways and any(problem.key == "" for problem in self.problems):
            return Setup(gateways=())  # no TOML: nothing more can be said
        gateways = tuple(
            self._gateway(name, values | self._overrides(name))
            for name, values in tables.gateways.items()
        )
        tokens = self._tokens()
        companies = {key: _company(key, values) for key, values in tables.companies.items()}
        companies = _overlaid(companies, self._of_environment(gateways))
        gateways = gateways or setup_by_environment(self._settings).gateways
        settled = cross(gateways, companies, tables)
        setup = Setup(gateways=gateways, companies=settled, variables=tuple(self._names))
        return replace(setup, gateways=_with_tokens(setup, tokens)) if tokens else setup

    def _gateway(self, name: GatewayName, values: Values) -> GatewaySetup:
        for key in ("kind", "url"):
            if key not in values and not self._told("gateways", name, key):
                self._tables.add(ConfigFault.MISSING_KEY, "gateways", name, other=key)
        return GatewaySetup(
            name=name,
            kind=values.get("kind", ""),
            url=values.get("url", ""),
            key=values.get("key") or self._secret(values, "gateways", name, "key_env"),
            hook_key=self._secret(values, "gateways", name, "hook_key_env")
            or self._settings.hook_key,
            sessions_dir=values.get("sessions_dir"),
            log=values.get("log", ()),
            restart_command=values.get("restart_command", ()),
            companies=values.get("companies", EVERYTHING),
            session_key=values.get("session_key", "{company}"),
        )

    def _told(self, *path: str) -> bool:
        """Whether a problem is noted there already."""
        return any(problem.key == ".".join(path) for problem in self.problems)

    def _tokens(self) -> dict[CompanyId, SecretStr]:
        """The secrets of single sessions, by company."""
        told = {
            company_id: self._secret(values, "companies", company_id, "token_env")
            for company_id, values in self._tables.companies.items()
        }
        return {company_id: token for company_id, token in told.items() if token is not None}

    def _secret(self, values: Values, *place: str) -> SecretStr | None:
        """What stands in the variable that a key names."""
        variable = values.get(place[-1])
        if variable is None:
            return None
        self._names.append(variable)
        try:
            found = self._variables.secret(variable)
        except UnreadableSecret:
            found = None
        if found is None:
            self._tables.add(ConfigFault.NO_VARIABLE, *place, other=variable)
            return None
        return SecretStr(found)

    def _overrides(self, gateway: GatewayName) -> Values:
        """What the environment says of the file's only gateway."""
        given = self._settings.model_fields_set & _OVERRIDES.keys()
        if len(self._tables.gateways) == 1:
            return {_OVERRIDES[field]: _of_settings(self._settings, field) for field in given}
        meant_for_all = {"hook_key"} | {key for key in given if self._is_named(key.upper())}
        for key in sorted(given - meant_for_all):
            self._refuse_environment(key.upper(), gateway)
        return {}

    def _is_named(self, variable: str) -> bool:
        keys = ("key_env", "hook_key_env", "token_env")
        all_values = (*self._tables.gateways.values(), *self._tables.companies.values())
        return any(values.get(key) == variable for values in all_values for key in keys)

    def _refuse_environment(self, variable: str, gateway: GatewayName) -> None:
        first = next(iter(self._tables.gateways))
        if gateway == first:  # once, not for each gateway
            self.problems.append(Problem(fault=ConfigFault.ENVIRONMENT_TOO, key=variable))

    def _of_environment(self, gateways: tuple[GatewaySetup, ...]) -> list[CompanySetup]:
        """The companies that COMPANIES names, on the gateway that it means."""
        if len(gateways) > 1:
            return []
        alone = setup_by_environment(self._settings)
        name = gateways[0].name if gateways else alone.gateways[0].name
        return [
            CompanySetup(id=company.id, name=company.name, gateway=name)
            for company in alone.companies
        ]


def _of_settings(settings: Settings, name: str) -> Any:
    value = getattr(settings, name)
    if name != "companies":
        return value
    return EVERYTHING if value == "auto" else tuple(company.id for company in value)


def _company(company_id: CompanyId, values: Values) -> CompanySetup:
    told = {key: value for key, value in values.items() if key != "token_env"}
    return CompanySetup(id=company_id, **told)


def _with_tokens(setup: Setup, tokens: Mapping[CompanyId, SecretStr]) -> tuple[GatewaySetup, ...]:
    """The gateways, each with the secrets of its sessions."""
    return tuple(
        replace(
            gateway,
            tokens={
                roster.company(company_id).session_key: token
                for company_id, token in tokens.items()
                if roster.includes(company_id)
            },
        )
        for gateway in setup.gateways
        for roster in (setup.roster(gateway),)
    )


def _overlaid(
    companies: dict[CompanyId, CompanySetup], over: list[CompanySetup]
) -> dict[CompanyId, CompanySetup]:
    """What the environment says of a company wins over the file; where it is silent, that holds."""
    merged = dict(companies)
    for setup in over:
        below = companies.get(setup.id) or CompanySetup(id=setup.id)
        merged[setup.id] = replace(below, name=setup.name or below.name, gateway=setup.gateway)
    return merged

"""What the program is set up to watch: gateways, and what is said of single companies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import SecretStr

from bot.domain.company import CompanyId, GatewayName
from bot.domain.roster import EVERYTHING, PLACEHOLDER, CompanySetup, Roster
from bot.domain.session_names import display_name
from bot.gateways.kinds import FILE
from bot.settings.model import Settings

_LONGEST_NAME = 30


@dataclass(frozen=True, kw_only=True)
class GatewaySetup:
    """One gateway. `companies` are ids and patterns of ids; `sessions_dir` is a template.

    `tokens` are secrets of single sessions, by their keys, where a kind has such.
    """

    name: GatewayName
    kind: str
    url: str
    key: SecretStr | None = None
    hook_key: SecretStr | None = None
    sessions_dir: str | None = None
    log: tuple[str, ...] = ()
    restart_command: tuple[str, ...] = ()
    companies: tuple[str, ...] = EVERYTHING
    session_key: str = PLACEHOLDER
    tokens: Mapping[str, SecretStr] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """All of it. No company stands on two gateways. `variables` are those that hold keys."""

    gateways: tuple[GatewaySetup, ...]
    companies: tuple[CompanySetup, ...] = ()
    variables: tuple[str, ...] = ()

    @property
    def about(self) -> Mapping[CompanyId, CompanySetup]:
        """What is said of each company, by id."""
        return {company.id: company for company in self.companies}

    def roster(self, gateway: GatewaySetup) -> Roster:
        """Which companies this gateway has."""
        return Roster(
            gateway=gateway.name,
            wanted=gateway.companies,
            key_template=gateway.session_key,
            about=self.about,
        )

    @property
    def rosters(self) -> tuple[Roster, ...]:
        """Which companies each gateway has."""
        return tuple(map(self.roster, self.gateways))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every key of a gateway, for the log to hide wherever it appears."""
        keys = (
            key
            for gateway in self.gateways
            for key in (gateway.key, gateway.hook_key, *gateway.tokens.values())
        )
        return tuple(key.get_secret_value() for key in keys if key is not None)


def setup_by_environment(settings: Settings) -> Setup:
    """The one gateway that the settings describe, named after its kind, or after its file."""
    named = () if settings.companies == "auto" else settings.companies
    gateway = GatewaySetup(
        name=_name_of(settings.gateway),
        kind=settings.gateway,
        url=settings.gateway_url,
        key=settings.gateway_key,
        hook_key=settings.hook_key,
        sessions_dir=settings.sessions_dir,
        log=settings.gateway_log,
        restart_command=settings.gateway_restart_command,
        companies=tuple(company.id for company in named) or EVERYTHING,
    )
    companies = [
        CompanySetup(
            id=company.id,
            name=company.name or (company.session_key and display_name(company.session_key)),
            gateway=gateway.name,
            session_key=company.session_key,
            made=company.session_key is not None,
        )
        for company in named
    ]
    return Setup(gateways=(gateway,), companies=tuple(companies))


def with_tokens(setup: Setup, tokens: Mapping[str, str]) -> Setup:
    """The setup with the secrets of single sessions, by their keys, on each gateway."""
    hidden = {key: SecretStr(token) for key, token in tokens.items()}
    gateways = tuple(replace(gateway, tokens=hidden) for gateway in setup.gateways)
    return replace(setup, gateways=gateways)


def _name_of(kind: str) -> GatewayName:
    """The kind's name; that of the file for a kind of one's own, as it may stand in an address."""
    if not kind.startswith(FILE):
        return GatewayName(kind)
    stem = Path(kind.removeprefix(FILE)).stem.lower()
    plain = re.sub(r"[^a-z0-9_-]+", "-", stem).strip("-_")[:_LONGEST_NAME]
    return GatewayName(plain or "gateway")

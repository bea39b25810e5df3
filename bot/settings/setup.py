"""What the program is set up to watch: gateways, and what is said of single companies."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from bot.domain.company import CompanyId, GatewayName
from bot.domain.roster import EVERYTHING, PLACEHOLDER, CompanySetup, Roster
from bot.domain.session_names import display_name
from bot.settings.model import Settings


@dataclass(frozen=True, kw_only=True)
class GatewaySetup:
    """One gateway. `companies` are ids and patterns of ids; `sessions_dir` is a template."""

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
        keys = (key for gateway in self.gateways for key in (gateway.key, gateway.hook_key))
        return tuple(key.get_secret_value() for key in keys if key is not None)


def setup_by_environment(settings: Settings) -> Setup:
    """The one gateway that the settings describe, named after its kind."""
    named = () if settings.companies == "auto" else settings.companies
    gateway = GatewaySetup(
        name=GatewayName(settings.gateway),
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

"""What only two tables together can get wrong: who is where, under which key."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.company import CompanyId, GatewayName
from bot.domain.config_file import ConfigFault, Problem
from bot.domain.roster import CompanySetup, is_pattern
from bot.settings.file.tables import Tables
from bot.settings.setup import GatewaySetup, Setup


def cross(
    gateways: Sequence[GatewaySetup], companies: Mapping[CompanyId, CompanySetup], tables: Tables
) -> tuple[CompanySetup, ...]:
    """The companies, each on its gateway where that is known; problems are noted in `tables`."""
    listed = _listed(gateways, tables)
    settled = tuple(_settled(company, gateways, listed, tables) for company in companies.values())
    if not tables.problems:
        _unique_keys(Setup(gateways=tuple(gateways), companies=settled), tables)
    return settled


def _listed(gateways: Sequence[GatewaySetup], tables: Tables) -> dict[str, GatewayName]:
    """The gateway that names an id one by one; an id that two of them name is a problem."""
    found: dict[str, GatewayName] = {}
    for gateway in gateways:
        for company_id in gateway.companies:
            if is_pattern(company_id):
                continue
            first = found.setdefault(company_id, gateway.name)
            if first != gateway.name:
                _twice(tables, company_id, first, gateway.name)
    return found


def _twice(tables: Tables, company_id: str, first: GatewayName, second: GatewayName) -> None:
    line = tables.lines.of_item("gateways", second, "companies", item=company_id)
    other = f"{first}, {second}"
    tables.problems.append(
        Problem(fault=ConfigFault.ON_TWO_GATEWAYS, line=line, key=company_id, other=other)
    )


def _settled(
    company: CompanySetup,
    gateways: Sequence[GatewaySetup],
    listed: Mapping[str, GatewayName],
    tables: Tables,
) -> CompanySetup:
    names = [gateway.name for gateway in gateways]
    if company.gateway is None:
        alone = names[0] if len(names) == 1 else None
        return replace(company, gateway=listed.get(company.id, alone))
    if company.gateway not in names:
        meant = difflib.get_close_matches(company.gateway, names, n=1)
        other = meant[0] if meant else ", ".join(names)
        place = ("companies", company.id, "gateway")
        tables.add(ConfigFault.UNKNOWN_GATEWAY, *place, other=other)
    elif listed.get(company.id, company.gateway) != company.gateway:
        _twice(tables, company.id, company.gateway, listed[company.id])
    return company


def _unique_keys(setup: Setup, tables: Tables) -> None:
    """Two companies under one session would be told of each other's troubles."""
    for gateway in setup.gateways:
        seen: dict[str, CompanyId] = {}
        for company in setup.roster(gateway).named():
            first = seen.setdefault(company.session_key, company.id)
            if first != company.id:
                tables.add(ConfigFault.SAME_SESSION_KEY, "companies", company.id, other=first)

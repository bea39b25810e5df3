"""Companies, and what is remembered of each beside its states."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import Company, CompanyId, GatewayName, WhyAbsent
from bot.domain.files import CredsState
from bot.domain.phone import same_number
from storage.batches import parts
from storage.sql import insert_new
from storage.tables import companies

T = TypeVar("T")


def company_from_row(row: Any) -> Company:
    """A row with the columns of `companies`."""
    return Company(
        id=CompanyId(row.id),
        gateway=GatewayName(row.gateway),
        session_key=row.session_key,
        name=row.name,
        expected_phone=row.expected_phone,
        max_files=row.max_files,
        max_reconnects_per_day=row.max_reconnects_per_day,
        absence=None if row.absence is None else WhyAbsent(row.absence),
        made=row.made,
    )


async def all_of(tx: AsyncConnection, gateway: GatewayName | None = None) -> list[Company]:
    """Every company that is watched, or a gateway's, by id."""
    query = select(companies).where(watched()).order_by(companies.c.id)
    if gateway is not None:
        query = query.where(companies.c.gateway == gateway)
    return [company_from_row(row) for row in await tx.execute(query)]


async def totals(tx: AsyncConnection) -> dict[GatewayName, int]:
    """How many companies are watched at each gateway that has any."""
    query = select(companies.c.gateway, func.count()).where(watched())
    rows = await tx.execute(query.group_by(companies.c.gateway))
    return {GatewayName(gateway): n for gateway, n in rows.all()}


async def by_keys(tx: AsyncConnection, gateway: GatewayName, keys: Sequence[str]) -> list[Company]:
    """The watched companies of a gateway whose sessions go by these keys."""
    found: list[Company] = []
    for part in parts(keys):
        query = select(companies).where(
            watched(), companies.c.gateway == gateway, companies.c.session_key.in_(part)
        )
        found.extend(company_from_row(row) for row in await tx.execute(query))
    return found


async def known_by_keys(tx: AsyncConnection, keys: Sequence[str]) -> list[Company]:
    """Every company there ever was, on any gateway, whose session goes by one of these keys."""
    found: list[Company] = []
    for part in parts(keys):
        query = select(companies).where(companies.c.session_key.in_(part))
        found.extend(company_from_row(row) for row in await tx.execute(query))
    return found


async def ids(tx: AsyncConnection) -> dict[str, CompanyId]:
    """Every id there ever was, by itself without case."""
    rows = await tx.execute(select(companies.c.id))
    return {row.id.casefold(): CompanyId(row.id) for row in rows}


async def every(tx: AsyncConnection) -> list[Company]:
    """Every company there ever was, those among them that nobody watches any more."""
    return [company_from_row(row) for row in await tx.execute(select(companies))]


def watched() -> ColumnElement[bool]:
    """Whether a row's company is looked at."""
    return or_(companies.c.absence.is_(None), companies.c.absence == WhyAbsent.UNNAMED)


async def get(tx: AsyncConnection, company_id: CompanyId) -> Company | None:
    """One company."""
    row = (await tx.execute(select(companies).where(companies.c.id == company_id))).first()
    return None if row is None else company_from_row(row)


async def called(tx: AsyncConnection, text: str) -> Company | None:
    """The company of this id, without case where no other differs in nothing else; or of this key.

    None as well for a key that two gateways have.
    """
    exact = await get(tx, CompanyId(text))
    if exact is not None:
        return exact
    for alike in (func.lower(companies.c.id) == text.lower(), companies.c.session_key == text):
        rows = (await tx.execute(select(companies).where(alike).limit(2))).all()
        if len(rows) == 1:
            return company_from_row(rows[0])
    return None


async def get_many(tx: AsyncConnection, ids: Sequence[CompanyId]) -> dict[CompanyId, Company]:
    """Companies by id; unknown ids are left out."""
    found: dict[CompanyId, Company] = {}
    for chunk in parts(ids):
        for row in await tx.execute(select(companies).where(companies.c.id.in_(chunk))):
            found[CompanyId(row.id)] = company_from_row(row)
    return found


async def add_new(tx: AsyncConnection, new: Iterable[Company], now: datetime) -> list[Company]:
    """Add those that are not there yet; give back just these."""
    wanted = list(new)
    there = await get_many(tx, [company.id for company in wanted])
    fresh = [company for company in wanted if company.id not in there]
    rows = [
        {
            "id": company.id,
            "gateway": company.gateway,
            "session_key": company.session_key,
            "name": company.name,
            "expected_phone": company.expected_phone,
            "max_files": company.max_files,
            "max_reconnects_per_day": company.max_reconnects_per_day,
            "made": company.made,
            "added_at": now,
        }
        for company in fresh
    ]
    if rows:
        await tx.execute(insert_new(tx, companies), rows)
    return fresh


async def tell(tx: AsyncConnection, company_id: CompanyId, values: Mapping[str, Any]) -> None:
    """Store what is said of it: name, number, limits, by the names of a company's fields."""
    await tx.execute(update(companies).where(companies.c.id == company_id).values(**values))


async def move(
    tx: AsyncConnection, company_id: CompanyId, gateway: GatewayName, session_key: str
) -> None:
    """It is on this gateway now, under this key."""
    where = companies.c.id == company_id
    values = {"gateway": gateway, "session_key": session_key}
    await tx.execute(update(companies).where(where).values(**values))


async def set_absence(
    tx: AsyncConnection, company_id: CompanyId, absence: WhyAbsent | None
) -> None:
    """Why it is not as the settings have it; None when it is."""
    where = companies.c.id == company_id
    await tx.execute(update(companies).where(where).values(absence=absence))


async def set_connected(
    tx: AsyncConnection, company_ids: Sequence[CompanyId], now: datetime
) -> None:
    """They became connected at `now`."""
    for chunk in parts(company_ids):
        await tx.execute(
            update(companies)
            .where(companies.c.id.in_(chunk))
            .values(connected_at=now, down_since=None, linked_phone=None)
        )


async def set_down(tx: AsyncConnection, company_ids: Sequence[CompanyId], now: datetime) -> None:
    """They stopped being connected at `now`; one that was down already keeps its time."""
    for chunk in parts(company_ids):
        await tx.execute(
            update(companies)
            .where(companies.c.id.in_(chunk), companies.c.down_since.is_(None))
            .values(down_since=now)
        )


async def set_paired(
    tx: AsyncConnection, company_id: CompanyId, phone: str | None, now: datetime
) -> None:
    """A pairing was proven. The number becomes the expected one where none was known."""
    where = companies.c.id == company_id
    # Another device from now on: neither the old baseline nor the old copies are its own.
    fresh = {"baseline_files": None, "copied_at": None, "device": None}
    await tx.execute(update(companies).where(where).values(paired_at=now, **fresh))
    company = None if phone is None else await get(tx, company_id)
    if phone is not None:
        expected = None if company is None else company.expected_phone
        await set_linked_phone(tx, company_id, phone, expected)


async def set_linked_phone(
    tx: AsyncConnection, company_id: CompanyId, phone: str, expected: str | None = None
) -> None:
    """The number it is linked to; where none was expected, this one is from now on.

    Where the `expected` one was known in another form it is kept in this one: WhatsApp's own.
    """
    statement = update(companies).where(companies.c.id == company_id)
    is_same = expected is not None and same_number(phone, expected)
    kept = phone if is_same else func.coalesce(companies.c.expected_phone, phone)
    await tx.execute(statement.values(linked_phone=phone, expected_phone=kept))


async def linked_phone(tx: AsyncConnection, company_id: CompanyId) -> str | None:
    """The number it was linked to last, as the gateway told it; None where it never did."""
    query = select(companies.c.linked_phone).where(companies.c.id == company_id)
    phone: str | None = (await tx.execute(query)).scalar()
    return phone


async def expect_linked_phone(tx: AsyncConnection, company_id: CompanyId, phone: str) -> str | None:
    """Expect this number, which is linked now; None unless it is, and another was expected."""
    another = companies.c.linked_phone != companies.c.expected_phone
    linked = companies.c.linked_phone == phone
    statement = (
        update(companies)
        .where(companies.c.id == company_id, another, linked)
        .values(expected_phone=companies.c.linked_phone)
    )
    row = (await tx.execute(statement.returning(companies.c.expected_phone))).first()
    return None if row is None else str(row.expected_phone)


async def set_creds(tx: AsyncConnection, company_id: CompanyId, creds: CredsState) -> None:
    """How `creds.json` looks from now on."""
    where = companies.c.id == company_id
    await tx.execute(update(companies).where(where).values(creds=creds))


async def copied_at(tx: AsyncConnection, company_id: CompanyId) -> datetime | None:
    """When a good copy of the present device was last up to date; None without one."""
    query = select(companies.c.copied_at).where(companies.c.id == company_id)
    found: datetime | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def copied_device(tx: AsyncConnection, company_id: CompanyId) -> str | None:
    """The present device, as its good copy names it; None where that was never noted."""
    query = select(companies.c.device).where(companies.c.id == company_id)
    found: str | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def set_copied(
    tx: AsyncConnection, company_id: CompanyId, at: datetime | None, device: str | None = None
) -> None:
    """A good copy of the present device was up to date at `at`; None: there is none any more."""
    where = companies.c.id == company_id
    await tx.execute(update(companies).where(where).values(copied_at=at, device=device))


async def set_baseline(
    tx: AsyncConnection, company_id: CompanyId, files: int, now: datetime
) -> None:
    """Remember how many files a healthy session has."""
    await tx.execute(
        update(companies)
        .where(companies.c.id == company_id)
        .values(baseline_files=files, baseline_at=now)
    )

"""What a company's keys can be brought back from, the best first.

Enters: what is set aside, the good copies, what was noted of both. Leaves: `Kept`, each with the
place where its keys lie.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot import authdir
from bot.authdir import GoodCopy, SessionsTemplate, SetAside, same_device
from bot.domain.company import Company, CompanyId
from bot.domain.files import Holding, Kept, KeptKind
from bot.recovery.control import SessionControl
from storage.database import Database
from storage.recovery import procedures

_ORDER = list(KeptKind)


class KeptKeys:
    """What could be brought back for a company. Only reads."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control

    def are_possible(self, company: Company) -> bool:
        """Whether its directory can be set aside, and so brought back."""
        return self._control.template(company) is not None

    async def of(self, company: Company) -> list[Kept]:
        """The best first. Raises AuthDirError."""
        template = self._control.template(company)
        if template is None:
            return []
        found = await sources(self._control.database, template, company.id)
        return [source.kept for source in found]


@dataclass(frozen=True, kw_only=True)
class KeySource:
    """Where kept keys lie: a directory, a good copy, or a directory that the copy mends."""

    kept: Kept
    directory: SetAside | None = None
    copy: GoodCopy | None = None
    device: str | None = None


async def sources(
    database: Database, template: SessionsTemplate, company_id: CompanyId
) -> list[KeySource]:
    """All that can be brought back, the best first. Raises AuthDirError.

    Whole credentials come before what a copy has to mend, that before a copy alone, and within
    each the newest first. A copy is listed where no directory of its device is.
    """
    directories = await asyncio.to_thread(authdir.list_set_aside, template, company_id)
    copies = await asyncio.to_thread(authdir.whole_copies, template, company_id)
    present = await asyncio.to_thread(authdir.keys_of, template, company_id)
    async with database.reading() as tx:
        noted = await procedures.devices_aside(tx, company_id)
    found = [_of_directory(directory, copies, noted) for directory in directories]
    covered = [it.device for it in found if it.kept.kind is not KeptKind.UNCERTAIN]
    if present is not None and present.holding is Holding.LINKED:
        covered.append(present.device)
    found += _of_copies(copies, covered)
    found.sort(key=lambda source: source.kept.at, reverse=True)
    return sorted(found, key=lambda source: _ORDER.index(source.kept.kind))


def _of_directory(
    directory: SetAside, copies: Iterable[GoodCopy], noted: Mapping[str, str]
) -> KeySource:
    keys = directory.keys
    device = keys.device or noted.get(directory.path.name)
    copy = next((it for it in copies if same_device(it.device, device)), None)
    kind, phone = KeptKind.LINKED, keys.phone
    if keys.holding is not Holding.LINKED:
        kind = KeptKind.UNCERTAIN if copy is None else KeptKind.MENDABLE
        phone = None if copy is None else copy.phone
    kept = Kept(
        name=directory.path.name, kind=kind, at=directory.at, files=directory.total, phone=phone
    )
    return KeySource(kept=kept, directory=directory, copy=copy, device=device)


def _of_copies(copies: Iterable[GoodCopy], covered: list[str | None]) -> list[KeySource]:
    """The newest copy of each device that nothing else holds."""
    found = []
    covered = list(covered)
    for copy in copies:
        if any(same_device(copy.device, device) for device in covered):
            continue
        covered.append(copy.device)
        kept = Kept(
            name=f"{_COPY}{copy.path.name}",
            kind=KeptKind.COPY,
            at=copy.at,
            files=None,
            phone=copy.phone,
        )
        found.append(KeySource(kept=kept, copy=copy, device=copy.device))
    return found


_COPY = "copy:"  # no company id holds a colon

"""Which good copies are those of the device that lies in a company's directory now."""

import asyncio
from collections.abc import Callable

from bot import authdir
from bot.authdir import GoodCopy, SessionsTemplate
from bot.domain.company import Company
from storage.database import Database
from storage.sessions import companies


class CopyRecords:
    """Remembers and forgets them; no file is touched."""

    def __init__(
        self, database: Database, template: Callable[[Company], SessionsTemplate | None]
    ) -> None:
        self._db = database
        self._template = template

    async def forget(self, company: Company) -> None:
        """The present device has none from now on; those of the last one stay on the disk."""
        async with self._db.writing() as tx:
            await companies.set_copied(tx, company.id, None)

    async def present(self, company: Company) -> GoodCopy | None:
        """The copy that a mending would put back; None when the present device has none.

        Copies of a device that was reset or paired anew are none of this one, until its directory
        is brought back. Raises AuthDirError.
        """
        template = self._template(company)
        async with self._db.reading() as tx:
            has_one = await companies.copied_at(tx, company.id) is not None
            device = await companies.copied_device(tx, company.id)
        if template is None or not has_one:
            return None
        return await asyncio.to_thread(authdir.latest_copy, template, company.id, device)

    async def remember(self, company: Company, device: str | None) -> GoodCopy | None:
        """The newest good copy of this device, which lies in the directory now; None without one.

        Raises AuthDirError.
        """
        template = self._template(company)
        if template is None or device is None:
            return None
        copy = await asyncio.to_thread(authdir.latest_copy, template, company.id, device)
        if copy is not None:
            async with self._db.writing() as tx:
                await companies.set_copied(tx, company.id, copy.at, copy.device)
        return copy

    async def device(self, company: Company) -> str | None:
        """The device that lies in the directory, as far as it or its good copy tells.

        Raises AuthDirError.
        """
        template = self._template(company)
        if template is None:
            return None
        keys = await asyncio.to_thread(authdir.keys_of, template, company.id)
        if keys is not None and keys.device is not None:
            return keys.device
        async with self._db.reading() as tx:
            return await companies.copied_device(tx, company.id)

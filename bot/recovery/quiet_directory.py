"""Waits until nobody writes into a directory any more."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot import authdir
from bot.authdir import SessionsTemplate, StillWriting
from bot.domain.company import CompanyId
from bot.domain.timing import Timing


async def until_quiet(
    template: SessionsTemplate, company_id: CompanyId, timing: Timing, clock: Callable[[], datetime]
) -> None:
    """Return once the company's directory is quiet. StillWriting when that does not come in time.

    Times alone are no witness: a disk of another machine may have another clock. So it is looked at
    twice, and where a time lies in the future, for as long as a write would be young. Raises
    AuthDirError.
    """
    loop, still = asyncio.get_running_loop(), timing.quiet_for_s
    before, unchanged_since = None, loop.time()
    deadline = loop.time() + max(timing.quiet_wait_s, 2 * still)
    while True:
        seen = await asyncio.to_thread(authdir.trace, template, company_id)
        if seen is None:
            return
        now = clock()
        if seen != before:
            before, unchanged_since = seen, loop.time()
        wanted = still if seen.is_ahead(still, now) else still / 5
        if loop.time() - unchanged_since >= wanted and not seen.written_within(still, now):
            return
        if loop.time() >= deadline:
            raise StillWriting("the directory is written to without a pause")
        await asyncio.sleep(still / 4)

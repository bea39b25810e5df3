"""The backup channels: a title and a text go out through each, by Apprise."""

import asyncio
import logging
from collections.abc import Sequence

import structlog

log = structlog.get_logger()


class Channels:
    """Apprise URLs. They are secrets: no log line and no error holds one."""

    def __init__(self, urls: Sequence[str], *, timeout_s: float) -> None:
        self._urls = tuple(urls)
        self._timeout_s = timeout_s

    async def send(self, title: str, text: str) -> int:
        """Through every channel at once; how many took it."""
        sending = (self._through(n, title, text) for n in range(len(self._urls)))
        return sum(await asyncio.gather(*sending))

    async def _through(self, number: int, title: str, text: str) -> bool:
        url = self._urls[number]
        trouble = "refused"
        try:
            async with asyncio.timeout(self._timeout_s):
                # What hangs in a thread is left to its own time limits; nobody waits for it.
                if await asyncio.to_thread(_notify, url, title, text):
                    return True
        except TimeoutError:
            trouble = "no answer in time"
        except Exception as error:  # noqa: BLE001 - 120 services, each with its own
            trouble = type(error).__name__  # its text may hold the URL
        kind = url.partition("://")[0]
        log.error("backup_channel_failed", channel=kind, number=number + 1, trouble=trouble)
        return False


def _notify(url: str, title: str, text: str) -> bool:
    import apprise  # noqa: PLC0415 - slow to import, and needed on bad days alone

    # Its own lines name URLs.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    channel = apprise.Apprise()
    return bool(channel.add(url)) and bool(channel.notify(body=text, title=title))

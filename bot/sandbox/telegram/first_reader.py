"""Holds the chat page back until its first reader has said which language they read.

Enters: the browser's `Accept-Language`. Leaves: `ru` or `en`, once.
"""

import asyncio

LANGUAGES = ("ru", "en")
OTHERWISE = "en"


class FirstReader:
    """Whoever opens the page first. Later readers change nothing, whatever they read."""

    def __init__(self) -> None:
        self._language: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._served = asyncio.Event()

    async def opens(self, accept_language: str) -> None:
        """Somebody opens the page; returns as soon as there is something to show."""
        if not self._language.done():
            self._language.set_result(preferred(accept_language))
        await self._served.wait()

    async def language(self) -> str:
        """Return what the first reader reads, as soon as there is one."""
        return await asyncio.shield(self._language)

    def serve(self) -> None:
        """Everything is set up: let readers in."""
        self._served.set()


def preferred(accept_language: str) -> str:
    """The language of LANGUAGES that an `Accept-Language` header likes best, else OTHERWISE.

    Of equally liked ones the first named counts; `q=0`, `*` and what cannot be read name none.
    """
    best, best_quality = OTHERWISE, 0.0
    for part in accept_language.split(","):
        tag, _, parameters = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = _quality(parameters)
        if language in LANGUAGES and quality > best_quality:
            best, best_quality = language, quality
    return best


def _quality(parameters: str) -> float:
    """How much a language is liked, 0 to 1; 1 where nothing is said, 0 where it is unreadable."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0

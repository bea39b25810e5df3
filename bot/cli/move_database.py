"""`repair-bot move-database`: from SQLite to PostgreSQL, or back."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.settings.addresses import database_url
from storage.database import Database
from storage.errors import DatabaseError
from storage.move import MovedTable, move


def move_database(source: str, target: str, write: Callable[[str], object]) -> int:
    """Copy every table and print the row counts.

    Returns the exit status: 0 done, 1 refused or failed, 2 an address that cannot be used.
    """
    try:
        addresses = address_in(source), address_in(target)
    except (OSError, ValueError) as error:
        write(f"{error}\n")
        return 2
    try:
        moved = asyncio.run(_move(*addresses))
    except DatabaseError as error:
        write(f"{error}\nNothing was moved.\n")
        return 1
    write(_told(moved))
    return 0


def address_in(word: str) -> str:
    """The address itself, or the content of the file named after an `@`: no password is typed.

    OSError when there is no such file, ValueError when it is not the address of a database.
    """
    address = Path(word[1:]).read_text().strip() if word.startswith("@") else word
    try:
        return database_url(address)
    except ValueError as error:
        raise ValueError(
            "A database is named by sqlite:///path, postgresql://user@host/name, or by @file "
            "with such a line in it."
        ) from error


async def _move(source: str, target: str) -> list[MovedTable]:
    old = Database(source)
    try:
        new = Database(target)
        try:
            return await move(old, new)
        finally:
            await new.close()
    finally:
        await old.close()


def _told(moved: list[MovedTable]) -> str:
    width = max(len(copied.table) for copied in moved)
    lines = [f"{copied.table:<{width}}  {copied.rows:>9}\n" for copied in moved]
    total = sum(copied.rows for copied in moved)
    return "".join(
        (
            *lines,
            f"{total} rows in {len(moved)} tables, counted on both sides.\n",
            "Set DATABASE_URL to the new database, then start the bot. The old one is untouched.\n",
        )
    )

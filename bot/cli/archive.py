"""`repair-bot backup` and `repair-bot export`."""

from collections.abc import Callable
from pathlib import Path

from bot.reports.lines import act_line, incident_line
from storage.alerts import incidents
from storage.chats import place_names
from storage.database import Database
from storage.errors import DatabaseError
from storage.people import audit
from storage.people import names as people

_AT_ONCE = 500
_MB = 1024 * 1024


async def backup(url: str, target: Path, write: Callable[[str], object]) -> int:
    """Copy the database into a new file. Returns the exit status: 0 done, 1 refused or failed."""
    database = Database(url)
    try:
        size_bytes = await database.backup(target)
    except DatabaseError as error:
        write(f"{error}\n")
        return 1
    finally:
        await database.close()
    write(f"Backed up to {target}: {size_bytes / _MB:.1f} MB.\n")
    return 0


async def export(url: str, write: Callable[[str], object]) -> int:
    """Write every incident and every audit row as JSON lines."""
    database = Database(url)
    try:
        await database.open()
        await _export_incidents(database, write)
        await _export_acts(database, write)
    finally:
        await database.close()
    return 0


async def _export_incidents(database: Database, write: Callable[[str], object]) -> None:
    last_id = 0
    async with database.reading() as tx:
        while part := await incidents.after(tx, last_id, _AT_ONCE):
            for incident in part:
                events = await incidents.events_of(tx, incident.id)
                chats_told = (
                    event.facts["chat_id"] for event in events if "chat_id" in event.facts
                )
                chats = await place_names.of_chats(tx, chats_told)
                write(f"{incident_line(incident, events, chats)}\n")
            last_id = part[-1].id


async def _export_acts(database: Database, write: Callable[[str], object]) -> None:
    last_id = 0
    async with database.reading() as tx:
        names = await people.names(tx)
        while part := await audit.after(tx, last_id, _AT_ONCE):
            chats = await place_names.of_chats(tx, (act.chat_id for act in part))
            for act in part:
                name, chat = names.get(act.user_id, ""), chats.get(act.chat_id, "")
                write(f"{act_line(act, name, chat)}\n")
            last_id = part[-1].id

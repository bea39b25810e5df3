"""What an error of the database means for whoever runs it. PURE: errors go in, words come out.

SQLite names its errors (`sqlite_errorname`, https://www.sqlite.org/rescode.html), PostgreSQL has a
code of five characters (`sqlstate`, appendix A of its manual).
"""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.domain.database_trouble import DatabaseTrouble
from storage.errors import DatabaseMoved

_SQLITE = (  # the first that an error's name begins with
    ("SQLITE_FULL", DatabaseTrouble.FULL),
    ("SQLITE_READONLY_DBMOVED", DatabaseTrouble.DELETED),
    ("SQLITE_READONLY", DatabaseTrouble.READ_ONLY),
    ("SQLITE_PERM", DatabaseTrouble.READ_ONLY),
    ("SQLITE_BUSY", DatabaseTrouble.LOCKED),
    ("SQLITE_LOCKED", DatabaseTrouble.LOCKED),
    ("SQLITE_PROTOCOL", DatabaseTrouble.LOCKED),
    ("SQLITE_CORRUPT", DatabaseTrouble.DAMAGED),
    ("SQLITE_NOTADB", DatabaseTrouble.DAMAGED),
    ("SQLITE_FORMAT", DatabaseTrouble.DAMAGED),
    ("SQLITE_IOERR", DatabaseTrouble.DISK),
    ("SQLITE_CANTOPEN", DatabaseTrouble.AWAY),
)
_POSTGRES = (  # likewise, of its codes
    ("53100", DatabaseTrouble.FULL),
    ("25006", DatabaseTrouble.READ_ONLY),
    ("25P03", DatabaseTrouble.LOCKED),
    ("55P03", DatabaseTrouble.LOCKED),
    ("57014", DatabaseTrouble.LOCKED),
    ("XX", DatabaseTrouble.DAMAGED),
    ("58", DatabaseTrouble.DISK),
    ("53", DatabaseTrouble.AWAY),
    ("57P", DatabaseTrouble.AWAY),
    ("08", DatabaseTrouble.AWAY),
    ("28", DatabaseTrouble.AWAY),
    ("3D", DatabaseTrouble.AWAY),
)
_UNREACHED = ("OperationalError", "InterfaceError", "ConnectionTimeout")


def trouble_of(error: BaseException) -> DatabaseTrouble | None:
    """What is the matter with the database; None when the error is about something else."""
    for cause in _causes(error):
        found = _meaning(cause)
        if found is not None:
            return found
    return None


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it was made of, the outermost first; each group's errors as well."""
    found: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        cause = left.pop(0)
        if cause is None or cause in found:
            continue
        found.append(cause)
        if isinstance(cause, BaseExceptionGroup):
            left += cause.exceptions
        left += [getattr(cause, "orig", None), cause.__cause__]
    return found


def _meaning(error: BaseException) -> DatabaseTrouble | None:
    if isinstance(error, DatabaseMoved):
        return error.trouble
    if isinstance(error, PoolTimeout):
        return DatabaseTrouble.LOCKED
    name, code = getattr(error, "sqlite_errorname", None), getattr(error, "sqlstate", None)
    if isinstance(name, str):
        return _first(_SQLITE, name)
    if isinstance(code, str):
        return _first(_POSTGRES, code)
    return DatabaseTrouble.AWAY if _is_out_of_reach(error) else None


def _is_out_of_reach(error: BaseException) -> bool:
    """Whether the server was lost or never reached, for which psycopg names no code."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    kind = type(error)
    return kind.__module__.startswith("psycopg") and kind.__name__ in _UNREACHED


def _first(table: tuple[tuple[str, DatabaseTrouble], ...], name: str) -> DatabaseTrouble | None:
    return next((trouble for start, trouble in table if name.startswith(start)), None)


def hits_all(error: Exception) -> bool:
    """Whether the database itself is in trouble: nothing else fares better than what failed."""
    return trouble_of(error) is not None

"""What can be wrong with the database as a whole; each text is a sentence for the operator.

DatabaseError            try again?  whose fault?
├── DatabaseInUse        later       the operator's: the bot is to be stopped first
├── DatabaseMoved        no          the operator's: the file was deleted or replaced
├── DatabaseTooNew       no          the operator's: this code is older than the data
└── DatabaseUnusable     later       the machine's: path, rights, disk
"""

from bot.domain.database_trouble import DatabaseTrouble


class DatabaseError(Exception):
    """Something about the database."""


class DatabaseInUse(DatabaseError):
    """Somebody else has it open."""


class DatabaseMoved(DatabaseError):
    """The file is gone, or another one is in its place: nothing may be read from it."""

    def __init__(self, trouble: DatabaseTrouble) -> None:
        super().__init__(f"The file of the database was {trouble}.")
        self.trouble = trouble


class DatabaseTooNew(DatabaseError):
    """The database was written by a newer version of this program."""


class DatabaseUnusable(DatabaseError):
    """The database cannot be opened or migrated."""

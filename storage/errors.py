"""What can be wrong with the database as a whole; each text is a sentence for the operator.

DatabaseError            try again?  whose fault?
├── DatabaseInUse        later       the operator's: the bot is to be stopped first
├── DatabaseTooNew       no          the operator's: this code is older than the data
└── DatabaseUnusable     later       the machine's: path, rights, disk
"""


class DatabaseError(Exception):
    """Something about the database."""


class DatabaseInUse(DatabaseError):
    """Somebody else has it open."""


class DatabaseTooNew(DatabaseError):
    """The database was written by a newer version of this program."""


class DatabaseUnusable(DatabaseError):
    """The database cannot be opened or migrated."""

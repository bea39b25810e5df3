"""What stands between the program and its database, in words that an operator can act upon."""

from enum import StrEnum


class DatabaseTrouble(StrEnum):
    """Each is told by one sentence, `database.<trouble>` in both catalogues."""

    FULL = "full"  # no room on the disk, or no more than a quota allows
    READ_ONLY = "read_only"  # the file or its file system may not be written
    LOCKED = "locked"  # somebody else holds the lock, or a write waits and waits
    DELETED = "deleted"  # the file is not there any more; only our open handle holds it
    REPLACED = "replaced"  # another file lies in its place
    DAMAGED = "damaged"  # what is in it is no database any more
    DISK = "disk"  # the disk answers with an error
    AWAY = "away"  # the server cannot be reached, or the file cannot be opened

    @property
    def of_the_file(self) -> bool:
        """Whether reads and writes still work, and lead to nothing that outlives the process."""
        return self in (DatabaseTrouble.DELETED, DatabaseTrouble.REPLACED)

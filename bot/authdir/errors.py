"""Errors at the border to the auth directories.

    AuthDirError              try again?  whose fault?
    ├── BadTemplate           no          the settings': SESSIONS_DIR breaks its rule
    ├── OutsideTemplate       no          the caller's: not of this template or company
    ├── NotADirectory         no          the host's: something else lies under that name
    ├── SymlinkRefused        no          the host's: a link where a directory must be
    ├── NotReadable           later       the host's: the system said no (permissions, disk)
    ├── StillWriting          soon        nobody's: somebody wrote here a moment ago
    ├── NothingSetAside       no          nobody's: there is nothing such to bring back
    ├── AcrossFileSystems     no          the host's: a mount stands between the two places
    └── DirectoryInTheWay     yes         nobody's: the place is taken, nothing was overwritten

Their texts name paths and the system's reasons, never contents. Where one is raised, nothing was
moved unless its docstring says otherwise.
"""

import errno
from pathlib import Path


class AuthDirError(Exception):
    """Something at the border to the auth directories went wrong."""


class BadTemplate(AuthDirError, ValueError):
    """The text is no template of auth directories. The message says why."""


class OutsideTemplate(AuthDirError):
    """What was asked for would leave the template."""


class NotADirectory(AuthDirError):
    """Something that is no directory lies where one was expected."""


class SymlinkRefused(AuthDirError):
    """A symbolic link stands where a real directory must be."""


class NotReadable(AuthDirError):
    """The system refused; its OSError is the `__cause__`."""


class StillWriting(AuthDirError):
    """A file changed within the quiet time: the gateway may still be writing."""


class NothingSetAside(AuthDirError):
    """The directory, or the copy, to bring back is not there."""


class AcrossFileSystems(AuthDirError):
    """The move would cross a mount, so it could not be atomic."""


class DirectoryInTheWay(AuthDirError):
    """Another directory took the place meanwhile. What was set aside before is still set aside."""


_KINDS: dict[int, type[AuthDirError]] = {
    errno.EXDEV: AcrossFileSystems,
    errno.EBUSY: AcrossFileSystems,  # the directory is itself a mount point
    errno.ENOTEMPTY: DirectoryInTheWay,
    errno.EEXIST: DirectoryInTheWay,
    errno.ENOTDIR: NotADirectory,
    errno.ELOOP: SymlinkRefused,
}


def error_of(error: OSError, path: Path) -> AuthDirError:
    """The member of this family that says what the system meant."""
    kind = _KINDS.get(error.errno or 0, NotReadable)
    return kind(f"{path}: {error.strerror or type(error).__name__}")

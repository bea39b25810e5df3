"""Names of what is kept beside the live directories: a company, then a time.

Two of one second are told apart by a number at the end.
"""

import os
import re
from datetime import UTC, datetime

from bot.authdir.errors import DirectoryInTheWay
from bot.domain.company import BadCompanyId, CompanyId, parse_company_id

_STAMP = "%Y%m%dT%H%M%SZ"
# A company id may hold "-", so the time is looked for from the end.
_NAME = re.compile(r"(?P<id>.+)-(?P<stamp>\d{8}T\d{6}Z)(?:-(?P<n>[1-9]\d{0,3}))?")
_MOST_IN_ONE_SECOND = 1000

Name = tuple[CompanyId, datetime, int]


def free_name(directory: int, company_id: CompanyId, now: datetime, *, suffix: str = "") -> str:
    """A name that nothing in the open directory has; DirectoryInTheWay when all are taken."""
    name = f"{company_id}-{now.astimezone(UTC).strftime(_STAMP)}"
    taken = set(os.listdir(directory))
    names = (name if n == 1 else f"{name}-{n}" for n in range(1, _MOST_IN_ONE_SECOND))
    free = next(
        (candidate + suffix for candidate in names if candidate + suffix not in taken), None
    )
    if free is None:
        raise DirectoryInTheWay(f"every name like {name} is taken")
    return free


def read_name(name: str) -> Name | None:
    """The company, the time and the number in a name; None for a foreign one."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        company_id = parse_company_id(match["id"])
        at = datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
    except (BadCompanyId, ValueError):
        return None
    return company_id, at, int(match["n"] or 1)

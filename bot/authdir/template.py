"""Where the auth directory of a company lies.

In: the text of SESSIONS_DIR. Out: paths that cannot leave it.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.authdir.directory import opened, scan
from bot.authdir.errors import BadTemplate, OutsideTemplate
from bot.domain.company import BadCompanyId, CompanyId, parse_company_id
from bot.domain.sessions_dir import PLACEHOLDER, sessions_dir_fault

SET_ASIDE = "set_aside"
GOOD_COPIES = "good_copies"
_RESERVED = (SET_ASIDE, GOOD_COPIES)


@dataclass(frozen=True, kw_only=True)
class SessionsTemplate:
    """The rule by which company ids become directories, all of them children of `parent`.

    Who writes into them is given `writer_pause_s` seconds to finish a file that can't be read.
    """

    parent: Path
    prefix: str
    suffix: str
    writer_pause_s: float = 0.05

    @classmethod
    def parse(cls, text: str) -> Self:
        """The template in `text`, or BadTemplate; a relative one starts where the program runs."""
        fault = sessions_dir_fault(text)
        if fault is not None:
            raise BadTemplate(fault)
        path = Path(text).absolute()
        if path.parent.resolve() == Path(path.anchor):  # by a link, or where the program runs
            raise BadTemplate("the directories must not lie directly under /")
        prefix, _, suffix = path.name.partition(PLACEHOLDER)
        return cls(parent=path.parent, prefix=prefix, suffix=suffix)

    def __str__(self) -> str:
        return str(self.parent / f"{self.prefix}{PLACEHOLDER}{self.suffix}")

    @property
    def set_aside_dir(self) -> Path:
        """Where directories go that are set aside: beside the live ones, on their file system."""
        return self.parent / SET_ASIDE

    @property
    def good_copies_dir(self) -> Path:
        """Where copies of working credentials are kept, for the day the original is damaged."""
        return self.parent / GOOD_COPIES

    def pause(self) -> None:
        """Give a writer time to finish its file."""
        time.sleep(self.writer_pause_s)

    def path_of(self, company_id: str) -> Path:
        """The directory of a company, existing or not; OutsideTemplate for what is no id."""
        try:
            parse_company_id(company_id)
        except BadCompanyId:
            raise OutsideTemplate("this is no company id") from None
        name = f"{self.prefix}{company_id}{self.suffix}"
        if name in _RESERVED:
            raise OutsideTemplate(f"{name} is where the bot keeps what it set aside or copied")
        return self.parent / name

    def company_ids(self) -> list[CompanyId]:
        """The companies that have a real directory now, sorted; none without the parent."""
        with opened(self.parent, follow=True) as fd:
            if fd is None:
                return []
            entries = scan(fd, self.parent, hidden=True)
            found = (self._id_in(entry.name) for entry in entries if entry.is_dir)
            return sorted(company_id for company_id in found if company_id is not None)

    def _id_in(self, name: str) -> CompanyId | None:
        edges = len(self.prefix) + len(self.suffix)
        if name in _RESERVED or len(name) <= edges:
            return None
        if not (name.startswith(self.prefix) and name.endswith(self.suffix)):
            return None
        try:
            return parse_company_id(name[len(self.prefix) : len(name) - len(self.suffix)])
        except BadCompanyId:
            return None

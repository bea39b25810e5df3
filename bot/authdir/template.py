"""Where the auth directory of a company lies.

In: the text of SESSIONS_DIR. Out: paths that cannot leave it.
"""

import time
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from bot.authdir.directory import opened, scan
from bot.authdir.errors import BadTemplate, OutsideTemplate
from bot.domain.company import BadCompanyId, Company, CompanyId, parse_company_id
from bot.domain.sessions_dir import PLACEHOLDER, sessions_dir_fault

SET_ASIDE = "set_aside"
GOOD_COPIES = "good_copies"
_RESERVED = (SET_ASIDE, GOOD_COPIES)
_LONGEST_NAME = 255  # bytes, as file systems have it


@dataclass(frozen=True, kw_only=True)
class SessionsTemplate:
    """The rule by which company ids become directories, all of them children of `parent`.

    `names` are of companies whose sessions are called by no id: their directories bear that name,
    without what `key_edges` say stands around the id in every session's name.
    Who writes into them is given `writer_pause_s` seconds to finish a file that can't be read.
    """

    parent: Path
    prefix: str
    suffix: str
    writer_pause_s: float = 0.05
    names: Mapping[CompanyId, str] = field(default_factory=dict)
    key_edges: tuple[str, str] = ("", "")

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

    def for_keys(self, key_template: str) -> Self:
        """The template of a gateway whose sessions are called so."""
        before, _, after = key_template.partition(PLACEHOLDER)
        return replace(self, key_edges=(before, after))

    def knowing(self, companies: Iterable[Company]) -> Self:
        """The template that also knows where these companies' directories lie."""
        names = {company.id: self._called(company) for company in companies if company.made}
        return replace(self, names=names) if names else self

    def reaches(self, company: Company) -> bool:
        """Whether the company's session has a name that a directory can have."""
        return not company.made or _is_name(f"{self.prefix}{self._called(company)}{self.suffix}")

    def _called(self, company: Company) -> str:
        return company.session_key.removeprefix(self.key_edges[0]).removesuffix(self.key_edges[1])

    def path_of(self, company_id: str) -> Path:
        """The directory of a company, existing or not; OutsideTemplate for what is no id.

        The same for one whose session's name is no part of a path: it could lie anywhere.
        """
        try:
            known = parse_company_id(company_id)
        except BadCompanyId:
            raise OutsideTemplate("this is no company id") from None
        name = f"{self.prefix}{self.names.get(known, known)}{self.suffix}"
        if not _is_name(name):
            raise OutsideTemplate("its session's name is no name of a directory")
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


def _is_name(name: str) -> bool:
    """Whether it is one part of a path, of something that a file system can hold."""
    if name in {"", ".", ".."} or "/" in name or "\\" in name:
        return False
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in name):
        return False
    return len(name.encode()) <= _LONGEST_NAME

"""Which sessions of a gateway are companies of ours, and what the settings say of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from bot.domain.company import BadCompanyId, Company, CompanyId, GatewayName, parse_company_id
from bot.domain.session import State

PLACEHOLDER = "{company}"
EVERYTHING = ("*",)
_PATTERN_SIGNS = "*?["


@dataclass(frozen=True, kw_only=True)
class CompanySetup:
    """What the settings say of one company; None where they say nothing.

    `phone` holds digits only. `gateway` is None where whichever gateway lists it will do.
    """

    id: CompanyId
    name: str | None = None
    phone: str | None = None
    max_files: int | None = None
    max_reconnects_per_day: int | None = None
    gateway: GatewayName | None = None
    session_key: str | None = None

    def told(self) -> dict[str, str | int]:
        """What is said, by the names of a company's own fields."""
        said = {
            "name": self.name or None,
            "expected_phone": self.phone,
            "max_files": self.max_files,
            "max_reconnects_per_day": self.max_reconnects_per_day,
        }
        return {key: value for key, value in said.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A session that a gateway lists, of a company that is not watched there.

    `fits` is false where the settings put the company on another gateway.
    """

    company: Company
    state: State
    fits: bool = True


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The companies of one gateway.

    `wanted` are ids and patterns of ids (`9623*`); a gateway with patterns is searched for them.
    `key_template` is how a company's session is called there.
    """

    gateway: GatewayName
    wanted: tuple[str, ...] = EVERYTHING
    key_template: str = PLACEHOLDER
    about: Mapping[CompanyId, CompanySetup] = field(default_factory=dict)

    def includes(self, company_id: CompanyId) -> bool:
        """Whether the settings want this company on this gateway."""
        said = self.about.get(company_id)
        if said is not None and said.gateway is not None:
            return said.gateway == self.gateway
        return self._matches(company_id)

    def names(self, company_id: CompanyId) -> bool:
        """Whether the settings put this very company on this gateway."""
        if not self.includes(company_id):
            return False
        said = self.about.get(company_id)
        return company_id in self._ids or (said is not None and said.gateway == self.gateway)

    def named(self) -> list[Company]:
        """The companies that the settings name one by one, whatever the gateway lists."""
        ids = [CompanyId(name) for name in self.wanted if not is_pattern(name)]
        ids += [setup.id for setup in self.about.values() if setup.gateway == self.gateway]
        return [
            self.company(company_id)
            for company_id in dict.fromkeys(ids)
            if self.includes(company_id)
        ]

    def company_of(self, session_key: str) -> Company | None:
        """The company behind a session that the gateway lists; None for one that is none of ours.

        A session that would be a company of another gateway's roster is no exception: that the
        same id appears in two places is for people to know.
        """
        company_id = self._id_of(session_key)
        if company_id is None:
            return None
        return (
            self.company(company_id)
            if self._matches(company_id) or self.includes(company_id)
            else None
        )

    def _id_of(self, session_key: str) -> CompanyId | None:
        if session_key in self._own_keys:
            return self._own_keys[session_key]
        before, _, after = self.key_template.partition(PLACEHOLDER)
        if not (session_key.startswith(before) and session_key.endswith(after)):
            return None
        text = session_key[len(before) : len(session_key) - len(after)]
        try:
            company_id = parse_company_id(text)
        except BadCompanyId:
            return None
        return None if company_id in self._own_keys.values() else company_id

    @cached_property
    def _own_keys(self) -> dict[str, CompanyId]:
        """Whose session is called otherwise than the template says."""
        return {
            said.session_key: said.id
            for said in self.about.values()
            if said.session_key is not None and said.gateway in (None, self.gateway)
        }

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(name for name in self.wanted if not is_pattern(name))

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        return tuple(name for name in self.wanted if is_pattern(name))

    def _matches(self, company_id: CompanyId) -> bool:
        return company_id in self._ids or any(
            fnmatchcase(company_id, pattern) for pattern in self._patterns
        )

    def company(self, company_id: CompanyId) -> Company:
        """The company as it is called and known on this gateway."""
        said = self.about.get(company_id) or CompanySetup(id=company_id)
        return Company(
            id=company_id,
            gateway=self.gateway,
            session_key=said.session_key or self._key_of(company_id),
            name=said.name or "",
            expected_phone=said.phone,
            max_files=said.max_files,
            max_reconnects_per_day=said.max_reconnects_per_day,
        )

    def _key_of(self, company_id: CompanyId) -> str:
        return self.key_template.replace(PLACEHOLDER, company_id)


def is_pattern(text: str) -> bool:
    """Whether it stands for any number of companies."""
    return any(sign in text for sign in _PATTERN_SIGNS)

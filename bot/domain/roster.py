"""Which sessions of a gateway are companies of ours, and what the settings say of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from bot.domain.company import BadCompanyId, Company, CompanyId, GatewayName, parse_company_id

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
        return any(fnmatchcase(company_id, pattern) for pattern in self.wanted)

    def named(self) -> list[Company]:
        """The companies that the settings name one by one, whatever the gateway lists."""
        ids = [CompanyId(one) for one in self.wanted if not is_pattern(one)]
        ids += [one.id for one in self.about.values() if one.gateway == self.gateway]
        return [self._company(one) for one in dict.fromkeys(ids) if self.includes(one)]

    def company_of(self, session_key: str) -> Company | None:
        """The company behind a session that the gateway lists; None for one that is none of ours.

        A session that would be a company of another gateway's roster is no exception: that the
        same id appears in two places is for people to know.
        """
        company_id = self._id_of(session_key)
        if company_id is None:
            return None
        wanted = any(fnmatchcase(company_id, pattern) for pattern in self.wanted)
        return self._company(company_id) if wanted or self.includes(company_id) else None

    def _id_of(self, session_key: str) -> CompanyId | None:
        for said in self.about.values():
            if said.session_key is not None and said.gateway in (None, self.gateway):
                if said.session_key == session_key:
                    return said.id
                if self._key_of(said.id) == session_key:
                    return None  # the template's key of a company that has a key of its own
        before, _, after = self.key_template.partition(PLACEHOLDER)
        if not (session_key.startswith(before) and session_key.endswith(after)):
            return None
        try:
            return parse_company_id(session_key[len(before) : len(session_key) - len(after)])
        except BadCompanyId:
            return None

    def _company(self, company_id: CompanyId) -> Company:
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

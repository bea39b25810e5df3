"""Which sessions of a gateway are companies of ours, and what the settings say of each."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.session import State
from bot.domain.session_names import display_name, id_wanted, is_path, is_session_key

PLACEHOLDER = "{company}"
EVERYTHING = ("*",)
_PATTERN_SIGNS = "*?["


@dataclass(frozen=True, kw_only=True)
class CompanySetup:
    """What the settings say of one company; None where they say nothing.

    `phone` holds digits only. `gateway` is None where whichever gateway lists it will do. `made`:
    they name the session, and the id was made of that.
    """

    id: CompanyId
    name: str | None = None
    phone: str | None = None
    max_files: int | None = None
    max_reconnects_per_day: int | None = None
    gateway: GatewayName | None = None
    session_key: str | None = None
    made: bool = False

    def told(self) -> dict[str, str | int]:
        """What is given, by the names of the company's own fields."""
        given = {
            "name": self.name or None,
            "expected_phone": self.phone,
            "max_files": self.max_files,
            "max_reconnects_per_day": self.max_reconnects_per_day,
        }
        return {key: value for key, value in given.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class ListedSession:
    """A session that a gateway lists, of a company that is not watched there.

    `fits` is false where the settings put the company on another gateway.
    """

    company: Company
    state: State
    fits: bool = True


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a gateway lists, sorted: `listed` in all, of these `watched` already.

    `newcomers` are to be watched, with the ids they should have. Of `unfit` names nothing can be
    watched, nor of entries that are `nameless`, nor of those beside the first of their name: each
    of these is named by `alike`. The rest nobody wants.
    """

    listed: int
    watched: int
    newcomers: tuple[ListedSession, ...] = ()
    unfit: tuple[str, ...] = ()
    nameless: int = 0
    alike: tuple[str, ...] = ()

    @property
    def unwatchable(self) -> int:
        """Of how many entries nobody can watch anything."""
        return len(self.unfit) + self.nameless + len(self.alike)


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
        setup = self.about.get(company_id)
        if setup is not None and setup.gateway is not None:
            return setup.gateway == self.gateway
        return self._matches(company_id)

    def names(self, company_id: CompanyId) -> bool:
        """Whether the settings put this very company on this gateway."""
        if not self.includes(company_id):
            return False
        setup = self.about.get(company_id)
        return company_id in self._ids or (setup is not None and setup.gateway == self.gateway)

    def named(self) -> list[Company]:
        """The companies that the settings name one by one, whatever the gateway lists."""
        ids = [CompanyId(name) for name in self.wanted if not is_pattern(name)]
        ids += [setup.id for setup in self.about.values() if setup.gateway == self.gateway]
        return [
            self.company(company_id)
            for company_id in dict.fromkeys(ids)
            if self.includes(company_id)
        ]

    def sorted_out(self, states: Mapping[str, State], watched: Container[str]) -> Listing:
        """Sorts the sessions that the gateway lists; `watched` are watched already, by key."""
        new = [key for key in states if key not in watched]
        found = ((self.company_of(key), states[key]) for key in new)
        return Listing(
            listed=len(states),
            watched=len(states) - len(new),
            newcomers=tuple(
                ListedSession(company=company, state=state, fits=self.keeps(company))
                for company, state in found
                if company is not None
            ),
            unfit=tuple(key for key in new if not self.fits(key)),
        )

    def fits(self, session_key: str) -> bool:
        """Whether a session of this name can be a company of this gateway.

        Not where the name cannot be used, the template does not match, or a company that has its
        session under another name has this very id.
        """
        if not is_session_key(session_key) or is_path(session_key):
            return False
        if session_key in self._own_keys:
            return True
        name = self.name_in(session_key)
        return name is not None and name not in self._own_keys.values()

    def company_of(self, session_key: str) -> Company | None:
        """The company behind a session that the gateway lists; None for one that is none of ours.

        A name that is no id brings the id that it should have; whether that is free is for the
        store to know.

        A session that would be a company of another gateway's roster is no exception: that the
        same id appears in two places is for people to know.
        """
        if not self.fits(session_key):
            return None
        own = self._own_keys.get(session_key)
        company_id, made = (own, False) if own else id_wanted(self.name_in(session_key) or "")
        if made:
            found = self._named_so(company_id, session_key)
            return found if self.keeps(found) else None
        wanted = self._matches(company_id) or self.includes(company_id)
        return self.company(company_id) if wanted else None

    def keeps(self, company: Company) -> bool:
        """Whether the settings want this company, by its id or by what its session is called."""
        if not company.made:
            return self.includes(company.id)
        setup = self._said_of(company)
        if setup is not None and setup.gateway is not None:
            return setup.gateway == self.gateway
        name = self.name_in(company.session_key)
        return self._matches(company.id) or (name is not None and self._matches(CompanyId(name)))

    def name_in(self, session_key: str) -> str | None:
        """The part of a name that is the id; None when the template does not match."""
        before, _, after = self.key_template.partition(PLACEHOLDER)
        fits = session_key.startswith(before) and session_key.endswith(after)
        name = session_key[len(before) : len(session_key) - len(after)]
        return name if fits and name else None

    def _named_so(self, company_id: CompanyId, session_key: str) -> Company:
        """A company with a made id; until somebody names it, it has the name of its session."""
        bare = Company(
            id=company_id,
            gateway=self.gateway,
            session_key=session_key,
            name=display_name(session_key),
            made=True,
        )
        if self._said_of(bare) is None:
            return bare
        found = self.company(company_id)
        return replace(found, session_key=session_key, name=found.name or bare.name, made=True)

    def _said_of(self, company: Company) -> CompanySetup | None:
        """Its settings, unless they mean a session of another name."""
        setup = self.about.get(company.id)
        is_other = setup is not None and setup.session_key not in (None, company.session_key)
        return None if is_other else setup

    @cached_property
    def _own_keys(self) -> dict[str, CompanyId]:
        """Companies whose session does not follow the template."""
        return {
            setup.session_key: setup.id
            for setup in self.about.values()
            if setup.session_key is not None and setup.gateway in (None, self.gateway)
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
        """The company with its session name on this gateway."""
        setup = self.about.get(company_id) or CompanySetup(id=company_id)
        return Company(
            id=company_id,
            gateway=self.gateway,
            session_key=setup.session_key or self._key_of(company_id),
            name=setup.name or "",
            expected_phone=setup.phone,
            max_files=setup.max_files,
            max_reconnects_per_day=setup.max_reconnects_per_day,
            made=setup.made,
        )

    def _key_of(self, company_id: CompanyId) -> str:
        return self.key_template.replace(PLACEHOLDER, company_id)


def is_pattern(text: str) -> bool:
    """Whether it stands for any number of companies."""
    return any(sign in text for sign in _PATTERN_SIGNS)

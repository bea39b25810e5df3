"""What can be wrong with the configuration file, and what changed when it was read anew."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.company import CompanyId, GatewayName


class ConfigFault(StrEnum):
    """What is wrong in one place."""

    UNREADABLE = "unreadable"
    NOT_TOML = "not_toml"
    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_KEY_MEANT = "unknown_key_meant"
    SECRET_IN_FILE = "secret_in_file"  # noqa: S105 - the name of a fault
    NO_TABLE = "no_table"
    WRONG_VALUE = "wrong_value"
    BAD_DESCRIPTION = "bad_description"
    MISSING_KEY = "missing_key"
    NO_VARIABLE = "no_variable"
    BAD_GATEWAY_NAME = "bad_gateway_name"
    BAD_COMPANY_ID = "bad_company_id"
    COMPANY_IS_WORD = "company_is_word"
    UNKNOWN_GATEWAY = "unknown_gateway"
    ON_TWO_GATEWAYS = "on_two_gateways"
    SAME_SESSION_KEY = "same_session_key"
    ENVIRONMENT_TOO = "environment_too"


class Expected(StrEnum):
    """What a value has to be."""

    TEXT = "text"
    KIND = "kind"
    ORIGIN = "origin"
    VARIABLE = "variable"
    SESSIONS_DIR = "sessions_dir"
    PATHS = "paths"
    COMMAND = "command"
    COMPANIES = "companies"
    KEY_TEMPLATE = "key_template"
    SESSION_KEY = "session_key"
    PHONE = "phone"
    FILES = "files"
    RECONNECTS = "reconnects"
    GATEWAY = "gateway"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong. `line` is None where it concerns no single line.

    `key` names the place, `other` what it is compared with, or what would be right. Neither holds
    a value of the file, for that may be a secret under the wrong name.
    """

    fault: ConfigFault
    line: int | None = None
    key: str = ""
    other: str = ""
    expected: Expected | None = None


@dataclass(frozen=True, kw_only=True)
class ReloadRefused:
    """The file of this name cannot be used; what was read before stays in force."""

    file: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is different from now on: gateways, then companies.

    Of `retold` something else is said. `unnamed` stay watched, `unwatched` do not.
    """

    joined: tuple[GatewayName, ...] = ()
    left: tuple[GatewayName, ...] = ()
    altered: tuple[GatewayName, ...] = ()
    added: tuple[CompanyId, ...] = ()
    moved: tuple[CompanyId, ...] = ()
    retold: tuple[CompanyId, ...] = ()
    unnamed: tuple[CompanyId, ...] = ()
    unwatched: tuple[CompanyId, ...] = ()

    @property
    def none(self) -> bool:
        """Whether everything is as before."""
        return self == Changes()

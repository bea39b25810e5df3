"""What a description says, as values. PURE.

Paths lead into an answer: `("data", "instances")`, `()` for all of it. Templates hold placeholders,
`{key}` and its kin; see `templates`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.session import Cause, State

Path = tuple[str, ...]


class DescribedAct(StrEnum):
    """What somebody may want done. By the name of its table in a description."""

    CREATE = "create"
    START = "start"
    RESTART = "restart"
    STOP = "stop"
    RESET = "reset"
    CODE = "code"
    SEND = "send"


class Credential(StrEnum):
    """With which secret a call is made."""

    KEY = "key"  # GATEWAY_KEY
    TOKEN = "token"  # the session's own  # noqa: S105 - no secret, its kind
    NONE = "none"


class Place(StrEnum):
    """Where a call bears its secret."""

    HEADER = "header"
    BEARER = "bearer"
    BASIC = "basic"
    QUERY = "query"
    PATH = "path"  # by a placeholder in it


@dataclass(frozen=True, kw_only=True)
class Bearing:
    """Where one kind of secret goes. `name` is that of the header or of the query's field.

    `or_key`: GATEWAY_KEY does for a session that has no secret of its own.
    """

    place: Place
    name: str = ""
    or_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A status, or a field with a word (in the form of `plain`); only one of both is set."""

    status: int | None = None
    field: Path = ()
    word: str = ""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request. `missing` says which answers mean that the session is not there."""

    method: str
    path: str
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: bool = False
    by: Credential = Credential.KEY
    timeout_s: float | None = None
    missing: tuple[Condition, ...] = ()

    @property
    def route(self) -> str:
        """Method and path, without the query."""
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Where an answer says what of a session. The first path that says something counts."""

    state: tuple[Path, ...] = ()
    phone: tuple[Path, ...] = ()
    reason: tuple[Path, ...] = ()
    qr: tuple[Path, ...] = ()
    restricted: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ListRule:
    """How all sessions are listed. Without a `call` they are those that the settings name.

    `key` is a path, a template of paths, `@key` of a map, or `@item` of bare names. `id` and
    `token` are what a session has beside its key, for `{id}` and `{token}`.
    """

    call: Call | None = None
    items: Path = ()
    key: str = ""
    id: Path | None = None
    token: Path | None = None
    fields: Fields = field(default_factory=Fields)


@dataclass(frozen=True, kw_only=True)
class OneRule:
    """How one session is looked at; `item` is where in the answer it stands."""

    call: Call
    item: Path = ()
    fields: Fields = field(default_factory=Fields)


@dataclass(frozen=True, kw_only=True)
class NumberRule:
    """Where the number of a connected session is asked for, if nothing else tells it."""

    call: Call
    at: tuple[Path, ...]


@dataclass(frozen=True, kw_only=True)
class PingRule:
    """What is asked to see whether the gateway answers."""

    call: Call
    version: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a word of the gateway means. `restricted`: it may not write to whom it wants."""

    state: State
    restricted: bool = False


class QrSource(StrEnum):
    """In which answer a code stands."""

    CALL = "call"  # one of its own
    LIST = "list"
    ONE = "one"
    START = "start"
    RESET = "reset"


@dataclass(frozen=True, kw_only=True)
class QrRule:
    """Where the code is. `none` are answers that say there is none now.

    `starts`: the call begins something, so it is asked of nothing that is connected, and seldom.
    `age_s` is how old a code can be when it is handed out, None where only its change tells.
    """

    source: QrSource
    call: Call | None = None
    at: tuple[Path, ...] = ((),)
    none: tuple[Condition, ...] = ()
    starts: bool = False
    age_s: float | None = None

    @property
    def seldom(self) -> bool:
        """Whether asking for it does something."""
        return self.starts or self.source in (QrSource.START, QrSource.RESET)


@dataclass(frozen=True, kw_only=True)
class ActRule:
    """One act. `destroys` is None where the description does not say: then it is never called.

    `already` are answers which say that nothing had to be done; `at` is where the answer holds what
    was asked for: a code, the id of a message. `life_s` is how long a code to be typed in lives.
    """

    call: Call
    destroys: bool | None
    already: tuple[Condition, ...] = ()
    at: tuple[Path, ...] = ()
    life_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Login:
    """How a key of user and password is turned into what calls bear."""

    call: Call
    at: tuple[Path, ...]


@dataclass(frozen=True, kw_only=True)
class HmacRule:
    """How pushes are signed: `prefix` stands before the hex of it in the header (lower case)."""

    header: str
    alg: str
    prefix: str = ""


@dataclass(frozen=True, kw_only=True)
class PushRule:
    """What is pushed. `id` names the session by what the list calls its `id`.

    `proof` is a header (lower case) that bears HOOK_KEY. `only` are the pushes that concern
    sessions; empty where all may. `how` tells an operator how to switch pushes on.
    """

    key: tuple[Path, ...] = ()
    id: tuple[Path, ...] = ()
    fields: Fields = field(default_factory=Fields)
    only: tuple[Condition, ...] = ()
    hmac: HmacRule | None = None
    proof: str | None = None
    how: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Description:
    """One kind of gateway, as it was told.

    `failed` are answers that say, in any status, that nothing was done. `reasons` are beginnings
    of texts in the form of `plain`, the longest first.
    """

    title: str
    list: ListRule
    one: OneRule | None = None
    ping: PingRule | None = None
    number: NumberRule | None = None
    auth: Bearing | None = None
    token: Bearing | None = None
    login: Login | None = None
    words: Mapping[str, Meaning] = field(default_factory=dict)
    reasons: tuple[tuple[str, Cause], ...] = ()
    qr: QrRule | None = None
    acts: Mapping[DescribedAct, ActRule] = field(default_factory=dict)
    push: PushRule | None = None
    failed: tuple[Condition, ...] = ()

    @property
    def tells_by_code(self) -> bool:
        """Whether only the code itself shows that a scan is awaited, and may be asked for."""
        by_word = any(meaning.state is State.AWAITING_SCAN for meaning in self.words.values())
        own = self.qr is not None and self.qr.source is QrSource.CALL and not self.qr.starts
        return own and not by_word

    def offered(self, act: DescribedAct) -> ActRule | None:
        """The rule of an act that may be called: its `destroys` is said, and fits the act."""
        rule = self.acts.get(act)
        if rule is None or rule.destroys is None:
            return None
        return rule if act is DescribedAct.RESET or rule.destroys is False else None

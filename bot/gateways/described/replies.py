"""What answers mean. PURE: an answer and a description go in, values come out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.phone import digits_of
from bot.domain.restriction import FREE, Restriction, RestrictionKind
from bot.domain.session import CAUSES, Cause, State
from bot.gateways.base import NAMELESS, GatewayConfused, SessionInfo
from bot.gateways.described.words import Condition, Description, Fields, ListRule, Meaning, Path
from bot.gateways.shapes import key_in, listed_key_in, phone_in, picture_in, qr_in, word_in

NOTHING = object()  # where a path leads nowhere
_MOST_DIGITS = 3  # in a word that is shown: more are a number, an id, a key
_LONGEST_WORD = 200
_RAW = re.compile(r"\d@|https://wa\.me/")
_FIELD = re.compile(r"\{([^{}]+)\}")
_ENDED = (State.DISCONNECTED, State.STOPPED, State.FAILED)


@dataclass(frozen=True, kw_only=True, repr=False)
class Shown:
    """A code as an answer holds it: a text, or a picture. It is a login secret and has no repr."""

    raw: str | None = None
    png: bytes | None = None

    @property
    def mark(self) -> str:
        """What tells codes apart."""
        return self.raw or (self.png or b"").hex()


@dataclass(frozen=True, kw_only=True, repr=False)
class ListedEntry:
    """One session in an answer, with what its own calls take."""

    info: SessionInfo
    id: str | None = None
    token: str | None = None
    shown: Shown | None = field(default=None)


def at(answer: object, path: Path) -> object:
    """What stands at a path; NOTHING where it leads nowhere."""
    for part in path:
        if isinstance(answer, dict) and part in answer:  # Mapping takes ten times as long
            answer = answer[part]
        elif isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        else:
            return NOTHING
    return answer


def first_at(answer: object, paths: Sequence[Path]) -> object:
    """What the first path leads to that does not end in nothing; NOTHING without one."""
    found = (at(answer, path) for path in paths)
    return next((value for value in found if value not in (NOTHING, None, "")), NOTHING)


def plain(value: object) -> str | None:
    """A word as it is compared: without case, blanks at its ends and a full stop; None for no word.

    `true`, `false`, `null` and whole numbers are words as well.
    """
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str) or len(value) > _LONGEST_WORD:
        return None
    return value.strip().casefold().rstrip(".")


def holds(condition: Condition, status: int, answer: object) -> bool:
    """Whether an answer is one of these."""
    if condition.status is not None:
        return status == condition.status
    found = at(answer, condition.field)
    return found is not NOTHING and plain(found) == condition.word


def any_holds(conditions: Sequence[Condition], status: int, answer: object) -> bool:
    """Whether any of them fits."""
    return any(holds(condition, status, answer) for condition in conditions)


def meaning_in(
    description: Description, fields: Fields, item: object
) -> tuple[Meaning | None, str]:
    """What the state fields say, and the word that decided; (None, "?") where none is there.

    The first field whose word is known decides. An unknown word means nothing more than that.
    """
    strange = ""
    for path in fields.state:
        value = at(item, path)
        word = plain(value)
        if value is NOTHING:
            continue
        readings = () if word is None else (f"{'.'.join(path)}={word}", word)
        for reading in readings:
            if reading in description.words:
                return description.words[reading], showable(value)
        strange = strange or showable(value)
    return (Meaning(state=State.UNKNOWN), strange) if strange else (None, "?")


def showable(value: object) -> str:
    """A word that may be shown and logged; `?` for what may be a number, a key or a code."""
    word = word_in(plain(value) if isinstance(value, bool | int) or value is None else value)
    return word if sum(map(str.isdigit, word)) <= _MOST_DIGITS else "?"


def session_in(description: Description, fields: Fields, key: str, item: object) -> SessionInfo:
    """What an answer says of a session. GatewayConfused where it lacks every field of the state."""
    meaning, word = meaning_in(description, fields, item)
    if meaning is None:
        raise GatewayConfused("the answer lacks the field that says the state")
    cause = cause_in(description, fields, item)
    state, restriction = meaning.state, None
    if state is State.CONNECTED:
        cause = None
        if _tells_restrictions(description, fields):
            held_back = meaning.restricted or _is_restricted(fields, item)
            restriction = Restriction(kind=RestrictionKind.NOT_FIRST) if held_back else FREE
    elif cause is not None and CAUSES[cause].state is State.LOGGED_OUT and state in _ENDED:
        state = State.LOGGED_OUT
    return SessionInfo(
        key=key,
        state=state,
        raw_state=word,
        cause=cause if state is not State.UNKNOWN else None,
        owner_phone=phone_at(item, fields.phone) if state is State.CONNECTED else None,
        restriction=restriction,
    )


def must_be_the_session(rule: ListRule, item: object, key: str, its_id: str | None) -> None:
    """GatewayConfused where an answer of one session bears the key or the id of another."""
    told_key = None if rule.key.startswith("@") or not rule.key else key_of(rule.key, item)
    told_id = NOTHING if rule.id is None else at(item, rule.id)
    is_other = told_id not in (NOTHING, None, its_id) and its_id is not None
    if is_other or told_key not in (None, key):
        raise GatewayConfused("the answer is about another session")


def _tells_restrictions(description: Description, fields: Fields) -> bool:
    """Whether the gateway says so where an account is held back."""
    return bool(fields.restricted) or any(
        meaning.restricted for meaning in description.words.values()
    )


def _is_restricted(fields: Fields, item: object) -> bool:
    found = first_at(item, fields.restricted)
    return found is not NOTHING and plain(found) != "false"


def cause_in(description: Description, fields: Fields, item: object) -> Cause | None:
    """The cause whose beginning a reason has; the longest beginning counts."""
    for path in fields.reason:
        said = plain(at(item, path))
        for beginning, cause in description.reasons:
            if said is not None and said.startswith(beginning):
                return cause
    return None


def phone_at(item: object, paths: Sequence[Path]) -> str | None:
    """The first number there is."""
    for path in paths:
        value = at(item, path)
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        found = phone_in(text) or (digits_of(text) if isinstance(text, str) else None)
        if found is not None:
            return found
    return None


def shown_at(answer: object, paths: Sequence[Path]) -> Shown | None:
    """The code at the first of these places that holds one; None for empty ones.

    How it is packed needs no word: text, data URL and base64 show themselves, also two of them with
    a `|` between. GatewayConfused for anything else.
    """
    value = first_at(answer, paths)
    text = value.strip() if isinstance(value, str) else value
    if text is NOTHING or text == "":
        return None
    if not isinstance(text, str):
        raise GatewayConfused("the answer holds something else than a code")
    pieces = text.split("|")
    raw = next((piece for piece in pieces if _RAW.match(piece)), None)
    if raw is not None:
        return Shown(raw=qr_in(raw))
    return Shown(png=picture_in(pieces[0]))


def sessions_in(description: Description, answer: object) -> list[ListedEntry]:
    """Every entry of a list. What cannot be read of one is unknown; of all, GatewayConfused.

    Those of one name are unknown as well: nobody could say which of them an act would meet.
    """
    entries = list(_entries(description.list, answer))
    found = [_found(description, key, item) for key, item in entries]
    if entries and not any(found):
        raise GatewayConfused("the list lacks the field that says the state")
    times = Counter(key for key, _ in entries)
    return [
        session
        if session is not None and (times[key] == 1 or key == NAMELESS)
        else ListedEntry(info=SessionInfo(key=key, state=State.UNKNOWN, raw_state="?"))
        for (key, _), session in zip(entries, found, strict=True)
    ]


def _found(description: Description, key: str, item: object) -> ListedEntry | None:
    rule = description.list
    token = None if rule.token is None else at(item, rule.token)
    its_id = None if rule.id is None else at(item, rule.id)
    try:
        if rule.fields.state:
            info = session_in(description, rule.fields, key, item)
        else:
            info = SessionInfo(key=key, state=State.UNKNOWN, raw_state="")
        shown = shown_at(item, rule.fields.qr) if rule.fields.qr else None
    except GatewayConfused:
        return None
    return ListedEntry(
        info=info,
        id=its_id if isinstance(its_id, str) else None,
        token=token if isinstance(token, str) and token else None,
        shown=shown,
    )


def _entries(rule: ListRule, answer: object) -> Iterator[tuple[str, object]]:
    """The items of a list with their keys; without a readable one it is NAMELESS."""
    items = at(answer, rule.items)
    if isinstance(items, dict) and rule.key == "@key":
        yield from ((listed_key_in(key), item) for key, item in items.items())
        return
    if isinstance(items, dict) and rule.items:
        items = [items]
    if not isinstance(items, list):
        raise GatewayConfused("the answer holds no list of sessions")
    for item in items:
        yield key_of(rule.key, item) or NAMELESS, item


def key_of(rule: str, item: object) -> str | None:
    """What a session is called: by a path, a template of paths, or the item itself."""
    if rule == "@item":
        return key_in(item)
    if not _FIELD.search(rule):
        return _part_of_key(at(item, tuple(rule.split("."))))
    parts = {name: _part_of_key(at(item, tuple(name.split(".")))) for name in _FIELD.findall(rule)}
    if None in parts.values():
        return None
    return _FIELD.sub(lambda match: parts[match[1]] or "", rule)


def _part_of_key(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return key_in(value)

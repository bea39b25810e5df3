"""Where an answer goes when Telegram refuses it, step by step. PURE.

    words     here → the group's general topic → the private chat → over the button → the owners
    picture   here → words here → the general topic → the private chat → …
    file      here → the general topic → the private chat → words here that say so → …
    code      here → the private chat → words here that lead on → …

A code is seen where /place allows it and by the asker: never in another chat or topic. Every way
is tried once; the last, the owners, takes whatever comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.domain.hindrance import Hindrance


class Via(Enum):
    """By which way a person is reached."""

    HERE = auto()
    GENERAL = auto()  # the same group outside of topics
    PRIVATE = auto()
    POPUP = auto()  # the words over the button that was pressed
    OWNERS = auto()  # not the person, but who can help them


class Form(Enum):
    """What is said: all of it, or its words alone."""

    WORDS = auto()
    PICTURE = auto()
    FILE = auto()
    CODE = auto()  # a picture that nobody else may see


@dataclass(frozen=True)
class Way:
    """One try."""

    via: Via
    form: Form


@dataclass(frozen=True, kw_only=True)
class WantedAnswer:
    """What is to be said, and where it was asked for; `pressed` by a button not answered yet."""

    form: Form
    private: bool
    in_topic: bool = False
    pressed: bool = False


# What a chat may refuse while it takes words.
_OF_FORM = {Form.PICTURE: Hindrance.PHOTOS, Form.CODE: Hindrance.PHOTOS, Form.FILE: Hindrance.FILES}


def first(wanted: WantedAnswer) -> Way:
    """All of it, where it was asked for."""
    return Way(Via.HERE, wanted.form)


def following(wanted: WantedAnswer, failed: Sequence[tuple[Way, Hindrance]]) -> Way | None:
    """What to try next; None once even the owners could not be told."""
    tried = {way for way, _ in failed}
    return next(
        (way for way in _order(wanted) if way not in tried and _has_hope(way, wanted, failed)),
        None,
    )


def _order(wanted: WantedAnswer) -> tuple[Way, ...]:
    form = wanted.form
    here, general = Way(Via.HERE, form), Way(Via.GENERAL, form)
    words_here, private = Way(Via.HERE, Form.WORDS), Way(Via.PRIVATE, form)
    last = (Way(Via.POPUP, Form.WORDS), Way(Via.OWNERS, Form.WORDS))
    match form:
        case Form.WORDS:
            return (here, general, private, *last)
        case Form.PICTURE:
            return (
                *(here, words_here, general, Way(Via.GENERAL, Form.WORDS)),
                *(private, Way(Via.PRIVATE, Form.WORDS), *last),
            )
        case Form.FILE:
            return (here, general, private, words_here, Way(Via.GENERAL, Form.WORDS), *last)
        case Form.CODE:
            return (here, private, words_here, *last)


def _has_hope(way: Way, wanted: WantedAnswer, failed: Sequence[tuple[Way, Hindrance]]) -> bool:
    """Whether what was refused before says nothing against it."""
    if way.via is Via.PRIVATE and wanted.private:
        return False
    if way.via is Via.POPUP and not wanted.pressed:
        return False
    if way.via is Via.GENERAL:
        closed = any(
            it.via is Via.HERE and hindrance is Hindrance.TOPIC for it, hindrance in failed
        )
        if not (wanted.in_topic and closed):
            return False
    for other, hindrance in failed:
        refuses_form = hindrance is _OF_FORM.get(other.form)
        if other.via is way.via and not refuses_form and hindrance is not Hindrance.REFUSED:
            return False  # that place takes nothing, whatever it is
        same_chat = {other.via, way.via} == {Via.HERE, Via.GENERAL}
        if same_chat and refuses_form and way.form is other.form:
            return False
    return True

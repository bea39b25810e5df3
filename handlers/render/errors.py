"""Why something was not done, and how to do it right. Each fits into the answer to a press."""

from bot.actions.errors import (
    AnsweredAlready,
    BadRequest,
    DoneAlready,
    NotYours,
    TooLate,
    TooManyCodes,
    UnknownCompany,
)
from bot.domain.access import NotAllowed
from bot.domain.company import BadCompanyId
from bot.texts import Markup, Texts
from handlers.own_words import NotOwn
from handlers.render.screen import Screen

_KEYS: dict[type[Exception], str] = {
    BadCompanyId: "error.bad_company_id",
    NotYours: "error.not_yours",
    TooLate: "error.too_late",
    AnsweredAlready: "error.answered_already",
    DoneAlready: "error.done_already",
}


def sentence(t: Texts, error: Exception) -> Screen:
    """The sentence of an expected error."""
    return Screen(_sentence(t, error))


def _sentence(t: Texts, error: Exception) -> Markup:
    if isinstance(error, NotAllowed):
        return _not_allowed(t, error)
    if isinstance(error, UnknownCompany):
        key = "error.unknown_company" if error.sees_all else "error.unseen_company"
        return t.say(key, company=t.foreign(error.company_id))
    if isinstance(error, TooManyCodes):
        return t.say(f"code.wait.{error.limit}", left=t.duration(error.wait))
    if isinstance(error, BadRequest):
        return t.say(error.key, **error.params)
    return t.say(_KEYS.get(type(error), "error.unexpected"))


def _not_allowed(t: Texts, error: NotAllowed) -> Markup:
    what = t.say(f"right.{error.right}")
    if error.company_id is None:
        return t.say("error.not_allowed", what=what)
    return t.say("error.not_allowed_here", what=what, company=error.company_id)


def unexpected(t: Texts) -> Screen:
    """The answer to an unexpected error: a fault of the program, without details."""
    return Screen(t.say("error.unexpected"))


def stale(t: Texts) -> Screen:
    """The command waited too long to be obeyed."""
    return Screen(t.say("error.stale"))


def not_understood(t: Texts) -> Screen:
    """The answer to an unknown command."""
    return Screen(t.say("error.not_understood"))


def outdated_button(t: Texts) -> Screen:
    """A button that no longer does anything."""
    return Screen(t.say("error.outdated_button"))


def not_own_words(t: Texts, why: NotOwn) -> Screen:
    """The answer to words that the person did not type here."""
    return Screen(t.say(f"not_own.{why}"))


def waited(t: Texts) -> Screen:
    """The press was too late to be obeyed; the button stands below."""
    return Screen(t.say("error.waited"))

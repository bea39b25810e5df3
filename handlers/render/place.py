"""Where codes appear: the choice, and what the others in the group are told."""

from bot.domain.company import Company
from bot.domain.hindrance import Hindrance
from bot.domain.pairing import Means, PairingPlace
from bot.texts import Texts
from handlers import keyboards
from handlers.callbacks import PlaceButton
from handlers.context import RequestContext
from handlers.render.refused_answers import why
from handlers.render.screen import Screen, joined

_SEPARATOR = "_"


def which(t: Texts, now: PairingPlace) -> Screen:
    """The places to choose from, with the present one named."""
    text = joined(t.say("place.which"), "", t.say(f"place.now.{now}"))
    buttons = [
        [keyboards.button(t.say(f"place.button.{pairing_place}"), PlaceButton(where=pairing_place))]
        for pairing_place in PairingPlace
        if pairing_place is not now
    ]
    return Screen(text, keyboards.keyboard(buttons))


def chosen(t: Texts, place: PairingPlace) -> Screen:
    """The answer to a chosen place: codes appear there from now on."""
    return Screen(t.say(f"place.now.{place}"))


def private(t: Texts) -> Screen:
    """In a private chat there is nothing to choose."""
    return Screen(t.say("place.private_already"))


def sent_in_private(context: RequestContext, means: Means) -> Screen:
    """For the group: the asker has it in the private chat."""
    return _line(context, "place.sent_in_private", means)


def seen_by_one(context: RequestContext, means: Means) -> Screen:
    """For the group: it is here, and the asker alone sees it."""
    return _line(context, "place.seen_by_one", means)


def unreachable(
    context: RequestContext, means: Means, link: str | None, hindrance: Hindrance | None = None
) -> Screen:
    """The asker never opened the private chat, or closed it: a button leads there.

    `hindrance` is why it is not shown where it was asked for, though it may be.
    """
    t = context.texts
    row = [] if link is None else [keyboards.link(t.say("button.in_private"), link)]
    if context.private:
        return Screen(why(t, hindrance or Hindrance.REFUSED, context.title))
    if hindrance is None:
        return Screen(_line(context, "place.unreachable", means).text, keyboards.keyboard([row]))
    text = joined(
        why(t, hindrance, context.title), _line(context, "place.unreachable_too", means).text
    )
    return Screen(text, keyboards.keyboard([row]))


def code_instead(context: RequestContext, hindrance: Hindrance) -> Screen:
    """No picture can be shown, neither here nor in private: a code takes its place."""
    t = context.texts
    return Screen(joined(why(t, hindrance, context.title), t.say("place.code_instead")))


def payload_of(means: Means, company: Company) -> str:
    """What the button to the private chat carries; the bot gets it back with /start."""
    return f"{means}{_SEPARATOR}{company.id}"


def read_payload(text: str) -> tuple[Means, str] | None:
    """The means and the company of a payload; None for one that is not ours."""
    means, separator, company = text.partition(_SEPARATOR)
    if not separator or means not in list(Means):
        return None
    return Means(means), company


def _line(context: RequestContext, key: str, means: Means) -> Screen:
    t = context.texts
    what = t.say(f"place.means.{means}")
    return Screen(t.say(key, who=t.foreign(context.person.name), what=what))

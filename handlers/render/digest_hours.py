"""The hour of a chat's digest, and the choice of another."""

from aiogram.types import InlineKeyboardButton

from bot.actions.results import DigestCard
from bot.domain.digest import OFFERED_HOURS
from bot.domain.trouble import Severity
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import ALL, DigestButton, Sub
from handlers.render.screen import Screen, joined


def which(t: Texts, card: DigestCard) -> Screen:
    """The present hour; other hours by buttons."""
    wish = card.wish
    well = wish is None or wish.when_well
    hours = [
        keyboards.button(f"🗓 {hour}:00", DigestButton(hour=hour, well=well))
        for hour in OFFERED_HOURS
        if wish is None or hour != wish.hour
    ]
    text = joined(_present(t, card), "", t.say("digest.what"), t.say("digest.how"))
    return Screen(text, keyboards.keyboard([*keyboards.in_rows(hours), *_changes(t, card)]))


def chosen(t: Texts, card: DigestCard) -> Screen:
    """The answer to `/digest`: when it comes from now on."""
    return Screen(_present(t, card), keyboards.keyboard(_changes(t, card)))


def nothing_to_tell(t: Texts) -> Screen:
    """The chat is subscribed to no company, so a digest would be empty."""
    button = keyboards.button(
        t.say("button.subscribe_all"), Sub(company=ALL, severity=Severity.INFO)
    )
    return Screen(t.say("digest.nothing"), keyboards.keyboard([[button]]))


def _present(t: Texts, card: DigestCard) -> Markup:
    if card.wish is None:
        return t.say("digest.none")
    key = "digest.daily" if card.wish.when_well else "digest.daily_if_trouble"
    return t.say(key, hour=f"{card.wish.hour}:00", zone=card.zone.key)


def _changes(t: Texts, card: DigestCard) -> list[list[InlineKeyboardButton]]:
    """Also when all is well, or not; none at all."""
    if card.wish is None:
        return []
    hour, well = card.wish.hour, card.wish.when_well
    other = t.say("button.digest_if_trouble" if well else "button.digest_always")
    return [
        [keyboards.button(other, DigestButton(hour=hour, well=not well))],
        [keyboards.button(t.say("button.digest_off"), DigestButton(hour=-1, well=well))],
    ]

"""A probe: that it is on its way, and what came of it."""

from bot.domain.company import Company
from bot.domain.probe import Probe, ProbeOutcome
from bot.domain.trouble import Offer
from bot.texts import Texts
from handlers import keyboards
from handlers.render.screen import Screen

_MENDS: dict[ProbeOutcome, tuple[Offer, ...]] = {
    ProbeOutcome.NOT_SENT: (Offer.REVIVE, Offer.PROBE, Offer.CHECK),
    ProbeOutcome.NOT_CONNECTED: (Offer.RECONNECT, Offer.CHECK),
}


def sending(t: Texts, company: Company) -> Screen:
    """The test message is on its way."""
    return Screen(t.say("probe.sending", who=t.name(company)))


def probed(t: Texts, company: Company, probe: Probe) -> Screen:
    """The result of a test message, without claiming more than is known."""
    text = t.say(
        f"probe.ended.{probe.outcome}",
        who=t.name(company),
        phone=probe.phone or "?",
        text=t.say("probe.message"),
    )
    offers = _MENDS.get(probe.outcome, (Offer.CHECK,))
    return Screen(text, keyboards.keyboard(keyboards.offers(t, offers, company.id)))

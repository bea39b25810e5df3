"""Whether a session belongs to the number that is expected. PURE."""

from dataclasses import replace

from bot.domain.observation import CompanyStatus, Observation
from bot.domain.phone import masked_apart, same_number
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, SessionLook, Verdict


def judge_number(look: SessionLook) -> Verdict:
    """Whether the session belongs to the number that is expected."""
    trouble, known, seen = Trouble.WRONG_NUMBER, look.known, look.seen
    expected = known.company.expected_phone
    if expected is None:
        return Verdict(trouble=trouble, health=Health.WELL, reason="any number will do")
    linked = _linked(known, seen)
    if linked is not None and same_number(linked, expected):
        return Verdict(trouble=trouble, health=Health.WELL, reason="it is the expected number")
    if linked is None or known.pairing:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="the number is not known yet")
    masks = masked_apart([linked, expected])
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason="another number is linked",
        symptom=Symptom.WRONG_NUMBER,
        began_at=known.since if known.state is State.CONNECTED else seen.at,
        facts={"linked": masks[0], "expected": masks[1], "kept": known.kept},
    )


def hold_for_number(session: Verdict, number: Verdict) -> Verdict:
    """An outage is not over while messages go through a stranger's number, and it says so."""
    if session.health is not Health.WELL or number.health is not Health.BAD:
        return session
    return replace(
        session,
        health=Health.SETTLING,
        reason="connected with another number",
        symptom=Symptom.ELSEWHERE,
        facts={name: number.facts[name] for name in ("linked", "expected")},
    )


def _linked(known: CompanyStatus, seen: Observation) -> str | None:
    """The number of the present connection, None where nobody has told it."""
    if seen.state is not State.CONNECTED:
        return None
    return seen.phone or (known.linked_phone if known.state is State.CONNECTED else None)

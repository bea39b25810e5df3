"""Writes what a look has changed of sessions: their states, and which number is linked."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.observation import BY_POLL, CompanyStatus, Detection, Observation
from bot.domain.phone import same_number
from bot.domain.session import State
from bot.monitor.rules import Verdict
from storage.database import Transaction
from storage.sessions import companies, states
from storage.sessions.states import Change


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A company, what was seen of it, and what that means: one verdict for each rule."""

    known: CompanyStatus
    seen: Observation
    verdicts: tuple[Verdict, ...]
    noticed: Detection = BY_POLL


async def write_states(tx: Transaction, judged: Sequence[Judged]) -> None:
    """An interval begins where something else was seen than is known."""
    changed = [item.seen for item in judged if _is_another(item.known, item.seen)]
    if not changed:
        return
    now = max(seen.at for seen in changed)
    await states.write(
        tx,
        [
            Change(company_id=seen.company_id, state=seen.state, cause=seen.cause, at=now)
            for seen in changed
        ],
    )
    ups = [seen.company_id for seen in changed if seen.state is State.CONNECTED]
    downs = [seen.company_id for seen in changed if seen.state is not State.CONNECTED]
    await companies.set_connected(tx, ups, now)
    await companies.set_down(tx, downs, now)


def _is_another(known: CompanyStatus, seen: Observation) -> bool:
    """Whether a new interval begins. What a gateway tells of the past is none while connected.

    Another number is a new connection, even of a session that nobody saw away.
    """
    if seen.state is State.CONNECTED:
        return known.state is not State.CONNECTED or _is_of_another(known.linked_phone, seen.phone)
    return (seen.state, seen.cause) != (known.state, known.cause)


def _is_of_another(linked: str | None, seen: str | None) -> bool:
    return linked is not None and seen is not None and not same_number(linked, seen)


async def write_phones(tx: Transaction, judged: Sequence[Judged]) -> None:
    """The numbers that were seen and are not remembered."""
    for item in judged:
        # A new connection has forgotten the number, for it may be another's.
        linked_phone = None if _is_another(item.known, item.seen) else item.known.linked_phone
        phone, expected = item.seen.phone, item.known.company.expected_phone
        if phone is not None and (phone != linked_phone or _is_in_other_form(phone, expected)):
            await companies.set_linked_phone(tx, item.seen.company_id, phone, expected)


def _is_in_other_form(phone: str, expected: str | None) -> bool:
    """Whether it is the expected number in another form: that becomes the expected one."""
    return expected not in (None, phone) and expected is not None and same_number(phone, expected)

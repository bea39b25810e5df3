"""Test messages, and the cure for a session that only pretends to live."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.actions.repairs import Order, Repairs
from bot.actions.results import Overtaken
from bot.actions.status import Status
from bot.domain.access import Person, Right
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.probe import Probe, ProbeOutcome
from bot.domain.procedure import Finished, ProcedureOutcome, Progress
from bot.domain.trouble import Trouble
from bot.monitor.probes import Prober

_REVIVED = (Trouble.ZOMBIE, Trouble.HEARS_NOTHING)


class Probes:
    """Probes and revives."""

    def __init__(
        self, journal: Journal, looking: Status, repairing: Repairs, prober: Prober
    ) -> None:
        self._journal = journal
        self._status = looking
        self._repairs = repairing
        self._prober = prober

    async def begin(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> int:
        """Note the order to send a probe; the id of its audit row, which `probe` wants."""
        person.must(Right.PROBE, company.id)
        return await self._journal.begin(
            person.user_id, address.chat_id, "probe", company.id, update_key=update_key
        )

    async def probe(self, audit_id: int, company: Company) -> Probe:
        """Send it. The answer can take half a minute."""
        outcome = ProbeOutcome.UNCLEAR
        try:
            probe = await self._prober.probe(company)
            outcome = probe.outcome
        finally:
            await self._journal.finish(audit_id, outcome)
        return probe

    async def revive(self, order: Order) -> AsyncGenerator[Progress | Finished | Overtaken]:
        """Note the order to close and open the session again; its steps, once they are asked for.

        BadRequest unless a probe has just shown that it is dead, or it hears nothing against its
        habit: a session that works is not touched. Where somebody has done something about it
        since the button was shown, the steps say that instead. Once it is connected, a probe
        proves it.
        """
        person, company = order.person, order.company
        person.must(Right.RECONNECT, company.id)
        card = await self._status.company(person, company.id)
        if all(card.known.incident(trouble) is None for trouble in _REVIVED):
            news = await self._repairs.against(order)
            # Nobody has to be told what they have done themselves.
            if all(improvement.by == person.user_id for improvement in news):
                raise BadRequest("revive.not_needed")
        return self._proven(company, await self._repairs.ordered(order))

    async def _proven(
        self, company: Company, steps: AsyncGenerator[Progress | Finished | Overtaken]
    ) -> AsyncGenerator[Progress | Finished | Overtaken]:
        back = False
        async with aclosing(steps):
            async for step in steps:
                back = isinstance(step, Finished) and step.outcome is ProcedureOutcome.DONE
                yield step
        if back:
            await self._prober.probe(company)

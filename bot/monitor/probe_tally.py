"""Counts the probes in a row of which nobody knows whether they went out. Not stored."""

from bot.domain.company import CompanyId, GatewayName
from bot.domain.probe import Probe, ProbeOutcome

# After one of these it is known how it stands, whatever was not known before.
_TELLING = (
    ProbeOutcome.SENT,
    ProbeOutcome.ACKNOWLEDGED,
    ProbeOutcome.NOT_SENT,
    ProbeOutcome.RESTRICTED,
    ProbeOutcome.NOT_CONNECTED,
)
_NOBODY_KNOWS = (ProbeOutcome.UNCLEAR, ProbeOutcome.UNACKNOWLEDGED)


class ProbeTally:
    """Counts them for each company: without an answer, or without an acknowledgement."""

    def __init__(self) -> None:
        self._unclear: dict[CompanyId, int] = {}
        # Of each of these, whether another of its gateway has gone out since the first.
        self._others_went: set[CompanyId] = set()
        self._at: dict[CompanyId, GatewayName] = {}

    def counted(self, gateway: GatewayName, probe: Probe) -> int:
        """How many in a row, with this one; 0 as long as those of no other went out meanwhile."""
        company_id = probe.company_id
        if probe.went_out:
            there = {candidate for candidate, at in self._at.items() if at == gateway}
            self._others_went |= there - {company_id}
        if probe.outcome in _TELLING:
            self._forget(company_id)
        if probe.outcome not in _NOBODY_KNOWS or probe.phone is None:
            return 0  # it did not get as far as sending
        self._at[company_id] = gateway
        self._unclear[company_id] = self._unclear.get(company_id, 0) + 1
        return self._unclear[company_id] if company_id in self._others_went else 0

    def _forget(self, company_id: CompanyId) -> None:
        self._unclear.pop(company_id, None)
        self._at.pop(company_id, None)
        self._others_went.discard(company_id)

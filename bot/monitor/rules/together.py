"""What took many sessions of a gateway at once: a restart, an emptied store, or the network. PURE.

A restart is asked first where the keys still lie on the disk, for then nothing is lost. What is at
the gateway no more was taken by no network.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.company import CompanyId
from bot.domain.observation import CompanyStatus, Observation
from bot.monitor.rules import Verdict
from bot.monitor.rules.emptied import judge_emptied
from bot.monitor.rules.forgotten import RestartSigns, judge_forgotten, keys_are_there
from bot.monitor.rules.mass_drop import as_seen, judge_mass


def judge_together(
    statuses: Sequence[CompanyStatus],
    looks: Mapping[CompanyId, Observation],
    restart: RestartSigns,
    now: datetime,
    *,
    calm: int,
) -> Verdict:
    """The verdict on what they have in common; `calm` counts the companies beside `statuses`."""
    emptied = judge_emptied(statuses, looks, restart.present, now, calm=calm)
    if emptied is not None and not keys_are_there(statuses):
        return emptied
    seen = {company_id: as_seen(look) for company_id, look in looks.items()}
    since = None if restart.present is None else restart.present.opened_at
    drop = judge_mass(statuses, seen, since, now, calm=calm)
    restarted = judge_forgotten(drop, statuses, seen, restart, now)
    if restarted is not drop:
        return restarted
    missing = {company_id for company_id, look in looks.items() if look.missing}
    return emptied or judge_mass(statuses, seen, since, now, calm=calm, missing=missing)

"""Whether a session has too many key files. PURE."""

from datetime import timedelta

from bot.domain.trouble import Trouble
from bot.monitor.rules import DirectoryLook, Health, RuleSettings, Verdict, judge_limit

LEAST_FILE_LIMIT = 100
BASELINE_SLACK = 100
BASELINE_SETTLES = timedelta(minutes=5)  # until then a fresh session still writes its first keys


def file_limit(baseline: int | None, limits: RuleSettings, own_limit: int | None) -> int | None:
    """The limit in force: the company's, the setting's, or what follows from the baseline.

    None while nothing has been learnt: 31 files are healthy on Baileys 6.7 and 816 on 7.0.
    """
    if own_limit is not None or limits.max_files is not None:
        return own_limit if own_limit is not None else limits.max_files
    return None if baseline is None else max(LEAST_FILE_LIMIT, baseline + BASELINE_SLACK)


def judge_files(look: DirectoryLook) -> Verdict:
    """More key files than the limit allows. A hygiene signal, never a reason to wipe."""
    trouble, total, limit = Trouble.FILES_ABOVE_LIMIT, look.total, look.limit
    if total is None:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="not counted")
    if limit is None or look.settling:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="the baseline is being learnt")
    return judge_limit(trouble, total, limit, {"count": total, "limit": limit})

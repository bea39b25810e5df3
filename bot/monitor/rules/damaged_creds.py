"""Whether a session was lost to damaged credentials: a symptom of `session_down`. PURE.

A session that waits for a scan is not always a lost one: Baileys takes a damaged `creds.json` for
none and shows a code, although WhatsApp still knows the device.
"""

from dataclasses import replace

from bot.domain.files import CredsState
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.session import CAUSES, Cause, State, ends_link
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.rules import Health, Verdict

_BROKEN = (CredsState.DAMAGED, CredsState.MISSING, CredsState.UNLINKED)


def explain_by_creds(known: CompanyStatus, seen: Observation, verdict: Verdict) -> Verdict:
    """The verdict on a session that is not connected, with damaged credentials named as such.

    It stays the same trouble: one outage is one message, whatever it turns out to be.
    """
    if verdict.health is not Health.BAD or verdict.symptom is Symptom.REVOKED:
        return verdict
    reason = None if _otherwise_explained(known, seen) else _suspicion(known, seen)
    if reason is None:
        return verdict
    return replace(
        verdict,
        reason=reason,
        symptom=Symptom.CREDS_DAMAGED,
        own_severity=Severity.CRITICAL,
        facts=verdict.facts | {"copy": known.copied_at is not None},
    )


def _otherwise_explained(known: CompanyStatus, seen: Observation) -> bool:
    """Whether a revocation, the account or a second process has been named."""
    down = known.incident(Trouble.SESSION_DOWN)
    if down is not None and down.symptom is Symptom.REVOKED:
        return True
    causes: list[Cause | None] = [seen.cause, known.cause if known.down_since else None]
    causes.append(None if down is None else down.cause)
    return any(ends_link(cause) or (cause and CAUSES[cause].second_process) for cause in causes)


def _suspicion(known: CompanyStatus, seen: Observation) -> str | None:
    """Why the credentials are thought damaged; None when nothing speaks for it.

    Without a copy there never was a stable session with whole credentials, or a reset has set them
    aside: then a missing file is how a session looks that waits for its first scan.
    """
    if known.creds is CredsState.DAMAGED:
        return "creds.json is damaged, and nothing was revoked"
    if known.copied_at is None or _log_explains(known, seen):
        return None
    if known.creds in _BROKEN:
        return f"creds.json is {known.creds}, and nothing was revoked"
    if seen.state is State.AWAITING_SCAN or seen.cause is Cause.QR_WINDOW_OVER:
        return "a QR appeared, and nothing was revoked"
    return None


def _log_explains(known: CompanyStatus, seen: Observation) -> bool:
    """Whether the log names a better reason: enough to suspect nothing where no damage is seen."""
    down = known.incident(Trouble.SESSION_DOWN)
    causes = (seen.log_says, None if down is None else down.log_says)
    return any(ends_link(cause) or (cause and CAUSES[cause].second_process) for cause in causes)

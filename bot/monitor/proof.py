"""Judges what a working session rests on: whole credentials and the right number. PURE.

A session that waits for a scan is not always a lost one: Baileys takes a damaged `creds.json` for
none and shows a code, although WhatsApp still knows the device.
"""

from dataclasses import replace

from bot.domain.files import CredsState
from bot.domain.incident import Severity, Symptom, Trouble
from bot.domain.observation import CompanyStatus, Observation
from bot.domain.phone import masked_apart, same_number
from bot.domain.session import CAUSES, Cause, State, ends_link
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
        severity=Severity.CRITICAL,
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
    said = (seen.log_says, None if down is None else down.log_says)
    return any(ends_link(cause) or (cause and CAUSES[cause].second_process) for cause in said)


def judge_creds(known: CompanyStatus, now_creds: CredsState) -> Verdict:
    """Whether a session that works would be lost at its next restart: two looks that agree."""
    trouble = Trouble.CREDS_AT_RISK
    if now_creds is CredsState.LINKED:
        return Verdict(trouble=trouble, health=Health.WELL, reason="creds.json is whole")
    lost = now_creds is CredsState.MISSING and known.copied_at is not None
    broken = now_creds is CredsState.DAMAGED or lost
    if known.state is not State.CONNECTED or known.pairing or not broken:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="nothing is at risk")
    if known.creds is not now_creds:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="seen once; it may be a write")
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason=f"creds.json is {now_creds} while connected",
        symptom=Symptom.CREDS_AT_RISK,
        severity=Severity.WARNING,
        facts={"copy": known.copied_at is not None},
    )


def judge_number(known: CompanyStatus, seen: Observation) -> Verdict:
    """Whether the session belongs to the number that is expected."""
    trouble, expected = Trouble.WRONG_NUMBER, known.company.expected_phone
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

"""Judges whether a connected session is alive: messages must go out through it. PURE."""

from datetime import timedelta

from bot.domain.probe import Probe, ProbeOutcome
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, SessionLook, Verdict

SEVERAL = 3  # unclear ones in a row, while others of the gateway go out


def judge_probe(probe: Probe, *, unclear: int = 0) -> Verdict:
    """What a probe says. One that did not get as far as sending says nothing.

    `unclear` counts those in a row of which nobody knows, this one too, while others' went out.
    """
    trouble = Trouble.ZOMBIE
    if unclear >= SEVERAL:
        return Verdict(
            trouble=trouble,
            health=Health.BAD,
            reason=f"{unclear} probes of which nobody knows, while others went out",
            symptom=Symptom.ZOMBIE,
            began_at=probe.at,
            facts={"unclear": True},
        )
    if probe.went_out:
        return Verdict(trouble=trouble, health=Health.WELL, reason="a probe went out")
    if probe.outcome is ProbeOutcome.RESTRICTED:
        reason = "WhatsApp has answered, though it refused"
        return Verdict(trouble=trouble, health=Health.WELL, reason=reason)
    if probe.outcome is not ProbeOutcome.NOT_SENT:
        return Verdict(trouble=trouble, health=Health.WAIT, reason=f"the probe: {probe.outcome}")
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason="connected, and a probe could not be sent",
        symptom=Symptom.ZOMBIE,
        began_at=probe.at,
    )


def judge_zombie(look: SessionLook) -> Verdict:
    """Whether a session that was a zombie has a new connection, which has held for a while.

    A look cannot find a zombie: that it looks connected is what makes it one.
    """
    trouble, known, seen = Trouble.ZOMBIE, look.known, look.seen
    present = known.incident(Trouble.ZOMBIE)
    if present is None or seen.state is not State.CONNECTED or known.state is not State.CONNECTED:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="nothing to compare with")
    since = known.since or seen.at
    if since <= present.opened_at or seen.at - since < timedelta(seconds=look.timing.stable_for_s):
        return Verdict(trouble=trouble, health=Health.WAIT, reason="the same connection still")
    return Verdict(trouble=trouble, health=Health.WELL, reason="connected anew")

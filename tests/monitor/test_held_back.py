"""A session that is connected and restricted: WhatsApp holds it back, and it is not lost."""

from bot.domain.session import Cause, State

HELD_BACK = (State.CONNECTED, Cause.ACCOUNT_LOCKED)


async def test_it_raises_no_alarm(watch):
    assert await watch.tape(*[HELD_BACK] * 8) == ["quiet"] * 8
    assert await watch.intervals() == ["connected"]


async def test_an_outage_after_it_is_not_called_a_lock(watch):
    await watch.tape(*[HELD_BACK] * 8)
    told = await watch.tape(*[State.DISCONNECTED] * 6)
    assert [word for word in told if word != "quiet"] == ["opened away"]
    [incident] = await watch.open_incidents()
    assert incident.cause is None

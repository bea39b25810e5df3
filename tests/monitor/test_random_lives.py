"""Whatever a session does: the books stay straight."""

import tempfile
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from watching import KEY, ONE, Watch

from bot.domain.session import Cause, State
from bot.gateways.base import GatewayUnreachable
from storage.tables import incident_events, outbox

SILENT = "silent"
CAUSES = [None, Cause.DEVICE_REMOVED, Cause.CONNECTION_LOST, Cause.RESTART_REQUIRED]
LOOKS = st.one_of(st.just(SILENT), st.tuples(st.sampled_from(State), st.sampled_from(CAUSES)))
LIVES = st.lists(st.tuples(LOOKS, st.sampled_from([1, 5, 20, 60, 100])), min_size=1, max_size=12)


@asynccontextmanager
async def watching(new_database):
    with tempfile.TemporaryDirectory() as folder:
        db = new_database(Path(folder, "repair.db"))
        watch = Watch(db, [ONE])
        await watch.add(KEY)
        await watch.subscribe()
        try:
            yield watch
        finally:
            await db.close()


async def see(watch, look, after_s):
    watch.gateway.failure = GatewayUnreachable("refused") if look == SILENT else None
    if look != SILENT:
        watch.gateway.says(KEY, look)
    return await watch.tick(after_s=after_s)


async def notices_without_a_step(watch):
    """Notices that no line of a timeline accounts for. An end is a change and a recovery."""
    kinds = {"opened": ("opened",), "changed": ("changed",), "closed": ("changed", "recovered")}
    async with watch.db.reading() as tx:
        events = (await tx.execute(select(incident_events))).all()
        notices = (await tx.execute(select(outbox))).all()
    due = Counter((event.incident_id, kind) for event in events for kind in kinds[event.event])
    return Counter((notice.incident_id, notice.kind) for notice in notices) - due


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=LIVES)
async def test_a_random_life_ends_well(new_database, life):
    async with watching(new_database) as watch:
        for look, after_s in life:
            heard = await see(watch, look, after_s)
            troubles = [
                (incident.trouble, incident.company_id) for incident in await watch.open_incidents()
            ]
            assert len(troubles) == len(set(troubles))
            assert heard.count("opened") <= 2
        watch.gateway.phones[KEY] = "79000000001"  # a link that was ended needs a witness
        for _ in range(5):
            await see(watch, (State.CONNECTED, None), 20)
        assert [incident.trouble for incident in await watch.open_incidents()] == []
        assert not await notices_without_a_step(watch)

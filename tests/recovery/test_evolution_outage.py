"""WhatsApp is away from Evolution API for a while: whoever watches must not make it worse."""

from contextlib import asynccontextmanager

import pytest
from healing import Healing
from places import KEY, PHONE, sandbox_place
from sqlalchemy import select

from bot.domain.auto_recovery import AutoRecovery
from bot.domain.notice import offers_of
from bot.domain.session import State, ends_link
from bot.domain.trouble import Offer, Symptom
from bot.gateways.base import QrNotReady
from bot.recovery.open_window import code_shown
from bot.sandbox.gateway import Phase
from storage.alerts import incidents
from storage.tables import incidents as incident_rows

LONGEST_S = 300  # how long the bot may go on looking afterwards


@asynccontextmanager
async def linked_again(db, tmp_path):
    """A session that works, and whose row still holds the 401 of a device removed long ago."""
    async with sandbox_place(db, tmp_path, with_directory=False, dialect="evolution") as place:
        place.hurry(reconnect_wait_s=0.05)
        await place.act("device_removed")
        await place.adapter.start(KEY)
        await place.until(Phase.SHOWING)
        await place.act("scan")
        await place.until(Phase.OPEN)
        yield place


async def all_incidents(place):
    async with place.db.reading() as tx:
        ids = [row.id for row in await tx.execute(select(incident_rows.c.id))]
        return list((await incidents.get_many(tx, ids)).values())


@pytest.mark.parametrize("setting", list(AutoRecovery))
@pytest.mark.parametrize("interval_s", [5, 60])
@pytest.mark.parametrize("outage_s", [40, 100])
async def test_an_outage_is_watched_and_nothing_else(db, tmp_path, setting, interval_s, outage_s):
    async with linked_again(db, tmp_path) as place:
        healing = Healing(place, setting)
        await healing.subscribe()
        await healing.look()
        await healing.look(seconds=60)
        before = place.sandbox.logins(KEY)
        await place.sandbox.act(None, "whatsapp_away")
        for _ in range(max(1, outage_s // interval_s)):
            await healing.look(seconds=interval_s)
            await healing.checker.look_again("one")
            await healing.heal()
            told = await all_incidents(place)
            assert [one for one in told if Offer.RESET in offers_of(one)] == []
        await place.sandbox.act(None, "whatsapp_back")
        await place.until(Phase.OPEN)
        for _ in range(LONGEST_S // interval_s):
            await healing.look(seconds=interval_s)
            await healing.heal()
        told = await all_incidents(place)
        assert place.phase is Phase.OPEN
        assert place.sandbox.extra_sockets(KEY) == 0
        assert place.sandbox.logins(KEY) - before <= 2
        assert not [one for one in told if one.symptom is Symptom.REVOKED or ends_link(one.cause)]
        assert not [one for one in told if one.open]


async def test_in_an_outage_no_press_adds_a_socket_or_harms_the_login(db, tmp_path):
    async with linked_again(db, tmp_path) as place:
        await place.sandbox.act(None, "whatsapp_away")
        before = place.sandbox.logins(KEY)
        await place.done(place.reconnect)
        await place.adapter.start(KEY)
        with pytest.raises(QrNotReady):
            await place.adapter.request_pairing_code(KEY, PHONE)
        with pytest.raises(QrNotReady):
            await place.adapter.get_qr(KEY)
        await place.sandbox.act(None, "whatsapp_back")
        await place.until(Phase.OPEN)
        assert place.sandbox.extra_sockets(KEY) == 0
        assert place.sandbox.logins(KEY) - before <= 2
        assert (await place.adapter.get_session(KEY)).owner_phone == PHONE


async def codes_of(place, look):
    """What `look` told at each code of a window, and whether it awaited a scan at each look."""
    told, live = [], place.sandbox.live_code(KEY)
    for _ in range(6):
        told.append(await look())
        while place.sandbox.live_code(KEY) in (live, None):
            info = await place.adapter.get_session(KEY)
            assert info.state is State.AWAITING_SCAN or place.sandbox.live_code(KEY) != live
        live = place.sandbox.live_code(KEY)
    return told


async def test_a_whole_window_of_six_codes_is_followed(db, tmp_path):
    life = {"qr_first_life_s": 0.5, "linked": False, "dialect": "evolution"}
    async with sandbox_place(db, tmp_path, with_directory=False, **life) as place:
        await place.adapter.start(KEY)
        await place.until(Phase.SHOWING)

        async def look():
            before = place.sandbox.live_code(KEY)
            code = await code_shown(place.adapter, KEY)
            # The next one may have come while this one was on its way.
            assert code.raw in (before, place.sandbox.live_code(KEY))
            return code.raw

        assert len(set(await codes_of(place, look))) == 6


async def test_the_codes_to_type_in_of_a_whole_window_are_followed(db, tmp_path):
    life = {"qr_first_life_s": 0.5, "linked": False, "dialect": "evolution"}
    async with sandbox_place(db, tmp_path, with_directory=False, **life) as place:
        await place.adapter.start(KEY)
        await place.until(Phase.SHOWING)
        await place.adapter.request_pairing_code(KEY, PHONE)

        async def look():
            before = place.sandbox.live_pairing_code(KEY)
            code = await code_shown(place.adapter, KEY)
            assert code.typed in (before, place.sandbox.live_pairing_code(KEY))
            return code.typed

        assert len(set(await codes_of(place, look))) == 6

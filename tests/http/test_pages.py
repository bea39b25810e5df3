"""What supervisors and collectors are told."""

import json

import pytest
from listening import ONE, TWO

from bot.domain.finished_look import Looked
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import ChatAddress, NoticeKind
from bot.domain.session import State
from bot.domain.telegram_trouble import TelegramTrouble
from bot.domain.trouble import Severity, Symptom, Trouble
from storage.alerts import incidents, outbox
from storage.chats import chats
from storage.sessions import gateways, states
from storage.sessions.gateways import GatewayLook
from storage.sessions.states import Change


async def health(ask):
    status, _, body = await ask("/healthz")
    return status, json.loads(body)


async def figures(ask):
    status, headers, body = await ask("/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = (line.rsplit(" ", 1) for line in body.decode().splitlines() if line[0] != "#")
    return {name: float(value) for name, value in lines}


async def test_all_is_well(place, ask):
    place.well()
    place.clock.push(5)
    assert await health(ask) == (
        200,
        {
            "ok": True,
            "tick": {"ok": True, "seconds_ago": 5.0},
            "database": {"ok": True},
            "telegram": {"ok": True, "seconds_ago": 5.0},
        },
    )


async def test_a_late_tick_is_no_health(place, ask):
    place.well()
    place.clock.push(600)
    place.reports.telegram_reached()
    status, facts = await health(ask)
    assert (status, facts["tick"], facts["telegram"]["ok"]) == (
        503,
        {"ok": False, "seconds_ago": 600.0},
        True,
    )


async def test_a_tick_that_broke_off_is_no_tick(place, ask):
    place.well()
    place.clock.push(600)
    place.ticked(failed=True)
    assert (await health(ask))[1]["tick"]["ok"] is False


async def test_a_telegram_out_of_reach_is_no_health(place, ask):
    place.well()
    place.clock.push(61)
    status, facts = await health(ask)
    assert (status, facts["telegram"]["ok"], facts["tick"]["ok"]) == (503, False, True)


@pytest.mark.parametrize("why", ["another_program", "webhook", "token"])
async def test_why_telegram_gives_no_updates_is_said(place, ask, why):
    place.well()
    place.clock.push(61)
    place.reports.telegram_refused(TelegramTrouble(why))
    status, facts = await health(ask)
    assert (status, facts["telegram"]["ok"], facts["telegram"]["why"]) == (503, False, why)
    place.clock.push(5)
    place.reports.telegram_reached()
    assert "why" not in (await health(ask))[1]["telegram"]


async def test_a_database_that_cannot_be_written_is_no_health(place, ask, tmp_path):
    place.well()
    async with place.db.writing() as tx:
        await tx.exec_driver_sql("DROP TABLE gateways")
    status, facts = await health(ask)
    assert (status, facts["database"]) == (503, {"ok": False})


async def test_it_is_ready_once_it_has_looked_at_every_gateway(place, ask):
    status, _, body = await ask("/readyz")
    assert (status, json.loads(body)["looked"]) == (503, False)
    place.ticked()
    place.clock.push(3)
    status, _, body = await ask("/readyz")
    assert (status, json.loads(body)) == (200, {"ok": True, "looked": True, "database": True})


async def test_many_askers_cost_one_look(place, ask):
    place.well()
    first = await health(ask)
    place.clock.push(1)
    assert await health(ask) == first
    place.clock.push(2)
    assert (await health(ask))[1]["tick"]["seconds_ago"] == 3.0


async def test_what_is_not_there_is_a_bare_status(ask):
    for path, method, expected in (("/", "GET", 404), ("/healthz", "POST", 405)):
        status, headers, body = await ask(path, method)
        assert (status, body, headers["Server"]) == (expected, b"", "repair-bot")


async def test_sessions_are_counted_by_state(place, ask):
    change = Change(company_id="962302", state=State.LOGGED_OUT, cause=None, at=place.clock())
    async with place.db.writing() as tx:
        await states.write(tx, [change])
    found = await figures(ask)
    assert found['repair_bot_sessions{gateway="one",state="logged_out"}'] == 1
    assert found['repair_bot_sessions{gateway="one",state="unseen"}'] == 1
    assert found['repair_bot_sessions{gateway="one",state="connected"}'] == 0


async def test_incidents_and_what_is_still_to_be_told_are_counted(place, ask):
    lost = Incident(
        id=IncidentId(0), trouble=Trouble.SESSION_DOWN, symptom=Symptom.GONE,
        severity=Severity.CRITICAL, gateway=ONE, company_id="962302",
        opened_at=place.clock(), began_at=place.clock(),
    )  # fmt: skip
    async with place.db.writing() as tx:
        (incident_id,) = await incidents.add(tx, [lost])
        await chats.add(tx, -1001, "Duty", place.clock())
        rows = [(ChatAddress(-1001), incident_id, NoticeKind.OPENED)]
        await outbox.add(tx, rows, place.clock())
    place.clock.push(90)
    found = await figures(ask)
    assert found['repair_bot_incidents_open{trouble="session_down"}'] == 1
    assert found['repair_bot_incidents_open{trouble="zombie"}'] == 0
    assert found["repair_bot_outbox_waiting"] == 1
    assert found["repair_bot_outbox_oldest_seconds"] == 90


@pytest.mark.parametrize("many", [0, 1, 40_000])
async def test_what_there_is_no_room_for_is_counted(place, ask, many):
    now = place.clock()
    look = GatewayLook(name=ONE, failures=0, since_at=now, last_look_at=now, last_ok_at=now)
    async with place.db.writing() as tx:
        await gateways.put(tx, look)
        await gateways.leave_out(tx, ONE, many)
    assert (await figures(ask))['repair_bot_companies_left_out{gateway="one"}'] == many


async def test_looks_late_looks_and_broken_ones_are_counted(place, ask):
    place.ticked()
    place.ticked(failed=True)
    place.reports.late(ONE, "tick")
    place.clock.push(7)
    found = await figures(ask)
    tick = '{gateway="one",look="tick"}'
    assert found[f"repair_bot_look_seconds_count{tick}"] == 1
    assert found[f"repair_bot_looks_failed_total{tick}"] == 1
    assert found[f"repair_bot_looks_late_total{tick}"] == 1
    assert found['repair_bot_tick_age_seconds{gateway="one"}'] == 7
    assert found["repair_bot_telegram_age_seconds"] == 7


@pytest.mark.parametrize(("failures", "up"), [(0, 1), (2, 0)])
async def test_a_gateway_is_up_when_it_answers(place, ask, failures, up):
    now = place.clock()
    look = GatewayLook(
        name=ONE, failures=failures, since_at=now, last_look_at=now, last_ok_at=now, reason="x"
    )
    async with place.db.writing() as tx:
        await gateways.put(tx, look)
    assert (await figures(ask))['repair_bot_gateway_up{gateway="one"}'] == up


async def test_no_figure_names_a_company(place, ask):
    _, _, body = await ask("/metrics")
    assert b"9623" not in body
    assert b"Salon" not in body


async def test_a_round_of_looks_is_over_when_every_gateway_was_looked_at(place):
    place.names[TWO] = None
    place.ticked(ONE)
    place.ticked(TWO, failed=True)
    place.reports.looked(Looked(gateway=TWO, what="files", took_s=0.1))
    assert place.rounds == 0
    place.ticked(TWO)
    assert place.rounds == 1

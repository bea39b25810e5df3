"""Good copies over time: of what, when, and what they are good for."""

import json
import shutil

import pytest
from structlog.testing import capture_logs
from test_files_look import FRESH, Disk
from watching import KEY, ONE

from bot.domain.files import CredsState
from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom, Trouble
from storage.sessions import companies

LINKED = {"me": {"id": "79000962302:1@s.whatsapp.net"}, "account": {"details": "fake"}}


class CopiedDisk(Disk):
    """A disk whose credentials are those of a linked device."""

    def creds(self, **more):
        (self.template.path_of(KEY) / "creds.json").write_text(json.dumps(LINKED | more))

    def damage(self):
        (self.template.path_of(KEY) / "creds.json").write_text('{"me"')

    def copies(self):
        return sorted(self.template.good_copies_dir.glob(f"{KEY}-*"))

    async def tells(self, *looks, every_s=60):
        return await self.watch.tape(*looks, every_s=every_s)


@pytest.fixture
async def disk(watch, tmp_path):
    disk = CopiedDisk(watch, tmp_path / "sessions")
    disk.fill(FRESH)
    disk.creds()
    return disk


async def test_a_session_that_works_is_copied(disk):
    await disk.look()
    assert len(disk.copies()) == 1
    assert (await disk.watch.known()).copied_at is not None


async def test_what_is_not_connected_is_not_copied(disk):
    await disk.tells(State.STOPPED)
    await disk.look()
    assert disk.copies() == []


async def test_what_has_not_held_for_20_s_is_not_copied(disk):
    await disk.tells(State.STOPPED, State.CONNECTED)
    await disk.look(after_s=19)
    assert disk.copies() == []
    await disk.look(after_s=1)
    assert len(disk.copies()) == 1


async def test_damaged_credentials_are_not_copied(disk):
    disk.damage()
    await disk.look()
    assert disk.copies() == []
    known = await disk.watch.known()
    assert (known.creds, known.copied_at) == (CredsState.DAMAGED, None)


async def test_what_changes_is_copied_once_an_hour(disk):
    for minute in range(130):
        disk.creds(turn=minute)
        await disk.look(after_s=60)
    assert len(disk.copies()) == 3


async def test_the_last_five_are_kept(disk):
    for hour in range(8):
        disk.creds(turn=hour)
        await disk.look(after_s=3600)
    assert len(disk.copies()) == 5


async def test_what_does_not_change_is_copied_once(disk):
    for _ in range(5):
        await disk.look(after_s=3600)
    assert len(disk.copies()) == 1


async def test_a_new_connection_of_another_device_is_copied_within_the_hour(disk):
    await disk.look()
    disk.creds(registrationId=2)
    await disk.tells(State.STOPPED, State.CONNECTED)
    await disk.look()
    assert len(disk.copies()) == 2


async def test_after_a_pairing_the_old_copies_count_no_more(disk):
    await disk.look()
    async with disk.watch.db.writing() as tx:
        await companies.set_paired(tx, KEY, None, disk.watch.clock())
    assert (await disk.watch.known()).copied_at is None


async def test_a_qr_out_of_nothing_is_a_damaged_file(disk):
    await disk.look()
    assert await disk.tells(State.AWAITING_SCAN) == ["opened creds_damaged"]
    [incident] = await disk.watch.open_incidents()
    assert (incident.trouble, incident.facts) == (Trouble.SESSION_DOWN, {"copy": True})


async def test_gone_turns_to_damaged_when_the_file_has_been_looked_at(disk):
    await disk.look()
    assert await disk.tells(State.STOPPED) == ["opened gone"]
    disk.damage()
    await disk.look()
    assert await disk.tells(State.STOPPED) == ["changed creds_damaged"]


async def test_a_directory_that_was_removed_is_a_lost_file(disk):
    await disk.look()
    shutil.rmtree(disk.template.path_of(KEY))
    await disk.look()
    assert (await disk.watch.known()).creds is CredsState.MISSING
    assert await disk.tells(State.STOPPED) == ["opened creds_damaged"]


async def test_a_proven_revocation_stays_one(disk):
    await disk.look()
    told = await disk.tells((State.STOPPED, Cause.DEVICE_REMOVED), State.AWAITING_SCAN)
    assert told[0] == "opened revoked"
    [incident] = await disk.watch.open_incidents()
    assert incident.symptom is not Symptom.CREDS_DAMAGED


async def test_mended_it_is_a_recovery_like_any_other(disk):
    await disk.look()
    await disk.tells(State.AWAITING_SCAN)
    told = await disk.tells(State.CONNECTED, State.CONNECTED, every_s=20)
    assert told == ["changed settling", "recovered"]


async def test_a_working_session_with_a_broken_file_is_told_after_two_looks(disk):
    await disk.look()
    disk.damage()
    assert [await disk.look() for _ in range(3)] == ["quiet", "opened creds_at_risk", "quiet"]
    disk.creds()
    assert await disk.look() == "recovered"


async def test_a_half_written_file_is_no_news(disk):
    await disk.look()
    disk.damage()
    assert await disk.look() == "quiet"
    disk.creds()
    assert await disk.look() == "quiet"


async def test_another_number_opens_an_incident_and_the_right_one_closes_it(disk):
    watch = disk.watch
    watch.gateway.phones[KEY] = "79000962302"
    await watch.checker.check(ONE, KEY)
    watch.gateway.phones[KEY] = "79000962303"
    await watch.checker.check(ONE, KEY)
    assert await watch.told() == "opened wrong_number"
    watch.gateway.phones[KEY] = "79000962302"
    await watch.checker.check(ONE, KEY)
    assert await watch.told() == "recovered"


async def test_a_session_that_returns_with_another_number_is_not_over(disk):
    watch = disk.watch
    watch.gateway.phones[KEY] = "79000962302"
    await watch.checker.check(ONE, KEY)
    await disk.tells(State.STOPPED)
    watch.gateway.phones[KEY] = "79000962303"
    await disk.tells(State.CONNECTED, State.CONNECTED, State.CONNECTED)
    troubles = {incident.trouble for incident in await watch.open_incidents()}
    assert troubles == {Trouble.SESSION_DOWN, Trouble.WRONG_NUMBER}


async def test_copies_that_cannot_be_written_are_told_once(disk, tmp_path):
    disk.template.good_copies_dir.symlink_to(tmp_path)
    with capture_logs() as told:
        for _ in range(3):
            await disk.look()
    assert [one["company"] for one in told if one["event"] == "credentials not copied"] == [KEY]
    disk.template.good_copies_dir.unlink()
    await disk.look()
    assert len(disk.copies()) == 1

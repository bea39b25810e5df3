"""Directories over time, real ones: what is learnt of them, and when they grow too fast."""

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from watching import KEY, LIMITS, ONE, OTHER, Watch

from bot.authdir import SessionsTemplate
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.files import FilesChecker, Uncounted
from storage.sessions import companies, files
from storage.tables import file_counts

FRESH = 31  # of Baileys 6.7


class Disk:
    """A watch with a directory for each company."""

    def __init__(self, watch, root, limits=LIMITS):
        self.watch = watch
        self.template = SessionsTemplate.parse(str(root / "company_{company}"))
        self.checker = FilesChecker(
            watch.db,
            ONE,
            watch.statuses,
            self.template,
            limits,
            clock=watch.clock,
            on_written=lambda: None,
        )

    def fill(self, total, company_id=KEY):
        """Have exactly so many files: creds.json, the rest pre-keys."""
        path = self.template.path_of(company_id)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        for number in range(1, total):
            (path / f"pre-key-{number}.json").write_text("{}")
        (path / "creds.json").write_text("{}")

    async def look(self, total=None, after_s=30):
        if total is not None:
            self.fill(total)
        self.watch.clock.push(after_s)
        await self.checker.look()
        return await self.watch.told()

    async def baselines(self):
        async with self.watch.db.reading() as tx:
            return await files.baselines(tx)

    async def rows(self):
        async with self.watch.db.reading() as tx:
            query = select(file_counts.c.total).order_by(file_counts.c.hour)
            return [row.total for row in await tx.execute(query)]


@pytest.fixture
async def disk(watch, tmp_path):
    return Disk(watch, tmp_path / "sessions")


async def pair_now(disk):
    async with disk.watch.db.writing() as tx:
        await companies.set_paired(tx, KEY, None, disk.watch.clock())


async def test_what_a_connected_session_has_is_taken_for_normal(disk):
    assert await disk.look(816) == "quiet"
    assert await disk.baselines() == {KEY: 816}


async def test_a_session_that_is_not_connected_teaches_nothing(disk):
    await disk.watch.tape(State.STOPPED)
    await disk.look(400)
    assert await disk.baselines() == {}


async def test_after_a_pairing_the_baseline_is_learnt_anew_for_five_minutes(disk):
    await disk.look(400)
    await pair_now(disk)
    assert [await disk.look(total) for total in (2, 15, FRESH)] == ["quiet"] * 3
    await disk.look(FRESH + 30, after_s=300)
    assert await disk.baselines() == {KEY: FRESH}


async def test_more_than_100_above_the_baseline_is_above_the_limit(disk):
    await disk.look(FRESH)
    assert await disk.look(FRESH + 90, after_s=3600) == "quiet"
    assert await disk.look(FRESH + 101, after_s=3600) == "opened above"
    [incident] = await disk.watch.open_incidents()
    assert incident.trouble is Trouble.FILES_ABOVE_LIMIT
    assert incident.facts == {"count": 132, "limit": 131}


async def test_back_below_the_limit_is_a_recovery(disk):
    await disk.look(FRESH)
    await disk.look(FRESH + 60, after_s=3600)
    await disk.look(FRESH + 101, after_s=3600)
    assert await disk.look(FRESH + 60) == "recovered"


async def test_more_of_what_was_told_is_counted_without_a_word(disk):
    await disk.look(FRESH)
    await disk.look(FRESH + 60, after_s=3600)
    await disk.look(FRESH + 101, after_s=3600)
    assert await disk.look(FRESH + 105) == "quiet"
    [incident] = await disk.watch.open_incidents()
    assert incident.facts["count"] == FRESH + 105


async def test_an_absolute_limit_is_a_setting(watch, tmp_path):
    disk = Disk(watch, tmp_path / "sessions", replace(LIMITS, max_files=60))
    assert await disk.look(60) == "quiet"
    assert await disk.look(61) == "opened above"


async def test_100_files_within_an_hour_are_a_jump(disk):
    await disk.look(FRESH)
    await disk.look(after_s=3600)
    assert await disk.look(FRESH + 100, after_s=60) == "opened above"
    [incident] = await disk.watch.open_incidents()
    assert incident.trouble is Trouble.FILES_JUMPED
    assert (incident.symptom, incident.facts["grown"]) == (Symptom.ABOVE, 100)


async def test_a_jump_is_over_when_an_hour_has_passed_without_another(disk):
    await disk.look(FRESH)
    await disk.look(after_s=3600)
    await disk.look(FRESH + 100, after_s=60)
    assert await disk.look(after_s=3600) == "recovered"


async def test_the_first_keys_of_a_new_session_are_no_jump(disk):
    await disk.look(FRESH)
    await disk.look(after_s=3600)
    await pair_now(disk)
    assert await disk.look(816) == "quiet"


async def test_a_directory_that_does_not_change_costs_no_row(disk):
    for _ in range(10):
        await disk.look(after_s=3600)
    assert await disk.rows() == []
    await disk.look(FRESH)
    for _ in range(10):
        await disk.look(after_s=3600)
    assert await disk.rows() == [FRESH]


async def test_one_hour_is_one_row(disk):
    for total in (31, 32, 33):
        await disk.look(total, after_s=60)
    await disk.look(40, after_s=3600)
    assert await disk.rows() == [33, 40]


async def test_a_directory_that_was_taken_away_closes_nothing(disk):
    await disk.look(FRESH)
    await disk.look(FRESH + 60, after_s=3600)
    await disk.look(FRESH + 101, after_s=3600)
    shutil.rmtree(disk.template.path_of(KEY))
    assert await disk.look() == "quiet"
    assert len(await disk.watch.open_incidents()) == 1


async def test_a_directory_that_cannot_be_counted_is_left_out(pair, tmp_path):
    disk = Disk(pair, tmp_path / "sessions")
    disk.fill(FRESH, OTHER)
    disk.template.path_of(KEY).symlink_to(tmp_path)
    await disk.look()
    assert await disk.baselines() == {OTHER: FRESH}
    assert await disk.checker.count(KEY) == Uncounted(reason="SymlinkRefused")


async def test_looking_leaves_the_files_as_they_are(disk):
    disk.fill(FRESH)
    path = disk.template.path_of(KEY)
    before = [(file.name, file.stat().st_mtime_ns) for file in sorted(path.iterdir())]
    await disk.look()
    assert [(f.name, f.stat().st_mtime_ns) for f in sorted(path.iterdir())] == before


async def test_a_company_without_a_directory_is_no_trouble(db, tmp_path):
    watch = Watch(db, [ONE])
    await watch.add(KEY)
    disk = Disk(watch, tmp_path / "nowhere")
    assert await disk.look() == "quiet"
    assert await disk.checker.count(KEY) is None


async def test_what_cannot_be_counted_is_told_once(disk, tmp_path):
    disk.template.path_of(KEY).parent.mkdir(parents=True, exist_ok=True)
    disk.template.path_of(KEY).symlink_to(tmp_path)
    with capture_logs() as told:
        for _ in range(3):
            await disk.look()
    assert [one["event"] for one in told].count("directory not counted") == 1

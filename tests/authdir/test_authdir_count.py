import os
import subprocess
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authdir import NotADirectory, NotReadable, SymlinkRefused, count, trace
from bot.authdir.kinds import kind_of
from bot.domain.files import CredsState, FileKind

SAMPLES = {
    "6.7-fresh": (31, CredsState.LINKED),
    "6.7-grown": (164, CredsState.LINKED),
    "6.7-device_removed": (31, CredsState.LINKED),
    "7.0-fresh": (816, CredsState.LINKED),
    "7.0-grown": (960, CredsState.LINKED),
    "7.0-device_removed": (831, CredsState.LINKED),
    "7.0-truncated_creds": (816, CredsState.DAMAGED),
    "7.0-half_written": (961, CredsState.LINKED),
}
GROWN_KINDS = {
    FileKind.CREDS: 1,
    FileKind.PRE_KEY: 807,
    FileKind.SESSION: 38,
    FileKind.LID_MAPPING: 76,
    FileKind.DEVICE_LIST: 13,
    FileKind.IDENTITY_KEY: 25,
}


def look(disk, **options):
    return count(disk.template, disk.company, disk.now, **options)


@pytest.mark.parametrize(("sample", "total", "creds"), [(k, *v) for k, v in SAMPLES.items()])
def test_a_real_directory_counts_as_in_a_plain_listing(disk, sample, total, creds):
    path = disk.sample(sample)
    listing = subprocess.run(["ls", path], capture_output=True, check=True).stdout
    found = look(disk)
    assert found.total == total == listing.count(b"\n") == sum(found.by_kind.values())
    assert found.creds is creds
    assert found.size_bytes == sum(one.stat().st_size for one in path.iterdir())


def test_a_grown_directory_is_told_by_kind(disk):
    disk.sample("7.0-grown")
    assert look(disk).by_kind == GROWN_KINDS


def test_a_half_written_file_keeps_its_kind_beside_a_leftover(disk):
    disk.sample("7.0-half_written")
    assert look(disk).by_kind == GROWN_KINDS | {FileKind.LEFTOVER: 1}


def test_no_directory_is_no_look(disk):
    assert look(disk) is None
    assert trace(disk.template, disk.company) is None


def test_an_empty_directory_has_no_credentials_yet(disk):
    disk.write()
    found = look(disk)
    assert (found.total, found.creds, found.newest_at) == (0, CredsState.MISSING, None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("creds.json", FileKind.CREDS),
        ("creds.json.bak", FileKind.LEFTOVER),
        ("creds.json.tmp", FileKind.LEFTOVER),
        ("session-1.0.json.tmp", FileKind.LEFTOVER),
        ("pre-key-1.json", FileKind.PRE_KEY),
        ("pre-key-.json", FileKind.OTHER),
        ("pre-key-1", FileKind.OTHER),
        ("session-79161230000.0.json", FileKind.SESSION),
        ("sender-key-120363@g.us--79161230000--0.json", FileKind.SENDER_KEY),
        ("sender-key-memory-120363@g.us.json", FileKind.SENDER_KEY_MEMORY),
        ("app-state-sync-key-AAAAAK__x=.json", FileKind.APP_STATE_SYNC_KEY),
        ("app-state-sync-version-regular_low.json", FileKind.APP_STATE_SYNC_VERSION),
        ("lid-mapping-925608_reverse.json", FileKind.LID_MAPPING),
        ("device-list-79161230000.json", FileKind.DEVICE_LIST),
        ("tctoken-__index.json", FileKind.TCTOKEN),
        ("identity-key-933448_1.0.json", FileKind.IDENTITY_KEY),
        ("Creds.json", FileKind.OTHER),
        ("store.json", FileKind.OTHER),
        ("notes.txt", FileKind.OTHER),
    ],
)
def test_the_name_tells_the_kind(name, kind):
    assert kind_of(name) is kind


@given(st.text())
def test_every_name_has_a_kind(name):
    assert kind_of(name) in FileKind


def test_strange_names_are_counted(disk):
    path = disk.write("new\nline.json", "x" * 250, "-rf", "пре-кей.json")
    for name in (b"bad\xff.json", b"pre-key-\xfe.json"):
        (path / os.fsdecode(name)).touch()
    assert look(disk).by_kind == {FileKind.OTHER: 5, FileKind.PRE_KEY: 1}


def test_hidden_names_are_not_counted_as_in_a_plain_listing(disk):
    disk.write("creds.json", ".gitkeep", ".pre-key-1.json")
    assert look(disk).total == 1


def test_what_is_no_plain_file_is_counted_without_being_entered(disk):
    path = disk.write("pre-key-1.json")
    (path / "session-2.json").mkdir()
    (path / "session-2.json" / "inside.json").write_text("x" * 1000)
    (path / "pre-key-2.json").symlink_to("/etc/passwd")
    os.mkfifo(path / "pre-key-3.json")
    found = look(disk)
    assert found.by_kind == {FileKind.PRE_KEY: 1, FileKind.OTHER: 3}
    assert found.size_bytes == 2


def test_times_are_those_of_the_files(disk):
    path = disk.write("creds.json", "pre-key-1.json")
    old = (disk.now - timedelta(days=3)).timestamp()
    os.utime(path / "pre-key-1.json", (old, old))
    found = look(disk)
    assert found.oldest_at == disk.now - timedelta(days=3)
    assert found.newest_at == disk.now - timedelta(hours=1)


def test_a_time_no_calendar_has_is_survived(disk):
    path = disk.write("creds.json")
    os.utime(path / "creds.json", (0, -(10**9)))
    assert look(disk).oldest_at.year == 1970


def test_a_directory_that_is_a_link_is_refused(disk):
    disk.template.path_of(disk.company).symlink_to(disk.write(company="other"))
    for ask in (look, lambda disk: trace(disk.template, disk.company)):
        with pytest.raises(SymlinkRefused):
            ask(disk)


def test_a_file_in_place_of_the_directory_is_told(disk):
    disk.template.path_of(disk.company).write_text("")
    with pytest.raises(NotADirectory):
        look(disk)


def test_a_directory_the_system_refuses_is_told(humble_disk):
    path = humble_disk.write("creds.json")
    path.chmod(0)
    with pytest.raises(NotReadable, match="Permission denied"):
        look(humble_disk)
    path.chmod(0o700)


def test_files_that_vanish_while_counting_are_no_error(disk):
    path = disk.write(*(f"pre-key-{number}.json" for number in range(200)))
    eraser = subprocess.Popen(["rm", "-r", path])
    while look(disk) is not None:
        assert eraser.poll() in (None, 0)
    assert eraser.wait() == 0


def test_a_write_is_seen_in_any_file_and_in_the_directory(disk):
    path = disk.write("creds.json", "pre-key-1.json")
    assert not trace(disk.template, disk.company).written_within(60, disk.now)
    os.utime(path, (0, disk.now.timestamp()))
    assert trace(disk.template, disk.company).written_within(60, disk.now)


def test_a_file_of_the_future_hides_no_other(disk):
    path = disk.write("creds.json", "pre-key-1.json")
    ahead = (disk.now + timedelta(days=1)).timestamp()
    os.utime(path / "pre-key-1.json", (ahead, ahead))
    seen = trace(disk.template, disk.company)
    assert (seen.is_ahead(2, disk.now), seen.written_within(2, disk.now)) == (True, False)
    os.utime(path / "creds.json", (0, disk.now.timestamp()))
    assert trace(disk.template, disk.company).written_within(2, disk.now)


def test_two_looks_tell_a_write_whatever_its_time_says(disk):
    path = disk.write("creds.json")
    before = trace(disk.template, disk.company)
    assert trace(disk.template, disk.company) == before
    (path / "creds.json").write_text('{"a":1}')
    disk.age(path, timedelta(hours=1))
    assert trace(disk.template, disk.company) != before

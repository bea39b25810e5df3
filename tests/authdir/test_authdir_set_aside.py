import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.authdir import (
    AcrossFileSystems,
    NotADirectory,
    NotReadable,
    OutsideTemplate,
    StillWriting,
    SymlinkRefused,
    count,
    expired,
    list_set_aside,
    set_aside,
)
from bot.authdir.errors import error_of


def try_to(disk, **options):
    return set_aside(disk.template, disk.company, disk.now, **options)


def modes(path):
    return {one.name: oct(one.stat().st_mode & 0o777) for one in path.iterdir()}


def test_a_directory_moves_as_a_whole(disk):
    path = disk.sample("6.7-grown")
    before = path.stat().st_ino
    kept = disk.set_aside()
    assert not path.exists()
    assert kept.path == disk.root / "set_aside" / "962302-20250918T150500Z"
    assert (kept.path.stat().st_ino, kept.total, kept.at) == (before, 164, disk.now)


def test_only_the_owner_can_enter_what_was_set_aside(disk):
    disk.write("creds.json").chmod(0o755)
    kept = disk.set_aside()
    assert oct(kept.path.stat().st_mode & 0o777) == "0o700"
    assert oct(kept.path.parent.stat().st_mode & 0o777) == "0o700"


def test_a_loose_set_aside_directory_is_tightened(disk):
    disk.write("creds.json")
    disk.template.set_aside_dir.mkdir(mode=0o755)
    disk.set_aside()
    assert oct(disk.template.set_aside_dir.stat().st_mode & 0o777) == "0o700"


def test_key_files_keep_mode_and_time(disk):
    path = disk.write("creds.json", "pre-key-1.json")
    (path / "creds.json").chmod(0o640)
    before = modes(path), [one.stat().st_mtime for one in sorted(path.iterdir())]
    kept = disk.set_aside().path
    assert (modes(kept), [one.stat().st_mtime for one in sorted(kept.iterdir())]) == before


def test_nothing_to_set_aside_is_no_error(disk):
    assert try_to(disk) is None
    assert list(disk.root.iterdir()) == []


def test_a_missing_parent_is_nothing_to_set_aside(disk):
    disk.root.rmdir()
    assert try_to(disk) is None


def test_two_in_one_second_both_stay(disk):
    kept = []
    for name in ("first.json", "second.json", "third.json"):
        disk.write(name)
        kept.append(disk.set_aside())
    names = [one.path.name for one in kept]
    assert names == [f"962302-20250918T150500Z{end}" for end in ("", "-2", "-3")]
    assert list_set_aside(disk.template, disk.company) == kept[::-1]
    assert (kept[0].path / "first.json").exists()


def test_a_taken_name_is_never_overwritten(disk):
    disk.write("creds.json")
    taken = disk.template.set_aside_dir / "962302-20250918T150500Z"
    taken.mkdir(parents=True)
    assert disk.set_aside().path.name == "962302-20250918T150500Z-2"
    assert list(taken.iterdir()) == []


def test_a_directory_somebody_writes_to_stays(disk):
    path = disk.write("creds.json", "pre-key-1.json")
    a_second_ago = (disk.now - timedelta(seconds=1)).timestamp()
    os.utime(path / "pre-key-1.json", (a_second_ago, a_second_ago))
    with pytest.raises(StillWriting):
        try_to(disk)
    assert count(disk.template, disk.company, disk.now).total == 2
    assert try_to(disk, quiet_for_s=0.5) is not None


def test_a_deletion_counts_as_writing(disk):
    path = disk.write("creds.json", "pre-key-1.json")
    (path / "pre-key-1.json").unlink()
    os.utime(path, (0, disk.now.timestamp()))
    with pytest.raises(StillWriting):
        try_to(disk)


def test_a_file_from_a_wrong_clock_does_not_hold_it_for_ever(disk):
    path = disk.write("creds.json")
    tomorrow = (disk.now + timedelta(days=1)).timestamp()
    os.utime(path / "creds.json", (tomorrow, tomorrow))
    assert try_to(disk) is not None


@pytest.mark.parametrize("ahead", [{"minutes": 1}, {"hours": 3}, {"days": 1}, {"days": 27_000}])
def test_a_file_from_a_wrong_clock_does_not_hide_one_that_is_written_now(disk, ahead):
    path = disk.write("creds.json", "session-1.json")
    later = (disk.now + timedelta(**ahead)).timestamp()
    os.utime(path / "session-1.json", (later, later))
    os.utime(path / "creds.json", (0, disk.now.timestamp()))
    with pytest.raises(StillWriting):
        try_to(disk)


def test_a_linked_company_directory_is_refused(disk):
    real = disk.write("creds.json", company="other")
    link = disk.template.path_of(disk.company)
    link.symlink_to(real)
    with pytest.raises(SymlinkRefused):
        try_to(disk)
    assert link.is_symlink()
    assert (real / "creds.json").exists()


def test_a_linked_parent_is_refused(disk, tmp_path_factory):
    disk.write("creds.json")
    link = tmp_path_factory.mktemp("elsewhere") / "sessions"
    link.symlink_to(disk.root)
    with pytest.raises(SymlinkRefused):
        try_to(type(disk)(link))
    assert disk.template.company_ids() == [disk.company]


def test_a_linked_set_aside_is_refused(disk, tmp_path_factory):
    path = disk.write("creds.json")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    disk.template.set_aside_dir.symlink_to(elsewhere)
    for ask in (try_to, lambda disk: list_set_aside(disk.template, disk.company)):
        with pytest.raises(SymlinkRefused):
            ask(disk)
    assert path.exists()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("taken", ["company_962302", "set_aside"])
def test_a_file_in_the_way_is_told(disk, taken):
    if taken == "set_aside":
        disk.write("creds.json")
    (disk.root / taken).write_text("")
    with pytest.raises(NotADirectory):
        try_to(disk)
    assert (disk.root / taken).read_text() == ""


def test_a_bad_id_moves_nothing(disk):
    disk.write("creds.json")
    with pytest.raises(OutsideTemplate):
        set_aside(disk.template, "../" + disk.root.name, disk.now)
    assert disk.template.company_ids() == [disk.company]


def test_a_directory_the_system_will_not_move_stays(humble_disk):
    path = humble_disk.write("creds.json")
    path.chmod(0o500)  # a directory that changes its parent must be writable itself
    with pytest.raises(NotReadable, match="Permission denied"):
        try_to(humble_disk)
    assert path.exists()
    path.chmod(0o700)


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EBUSY])
def test_a_mount_in_between_is_told_as_such(number):
    error = error_of(OSError(number, os.strerror(number)), Path("/opt/sessions"))
    assert isinstance(error, AcrossFileSystems)


def test_a_company_is_never_mistaken_for_another(disk):
    companies = ["96", "962302", "96-2", "96-20250918T150500Z", "9"]
    for company in companies:
        disk.write("creds.json", company=company)
        disk.set_aside(company)
        disk.write("creds.json", company=company)
        disk.set_aside(company)
    for company in companies:
        kept = list_set_aside(disk.template, company)
        assert [one.company_id for one in kept] == [company, company]


def test_what_is_kept_is_listed_newest_first(disk):
    for days in (3, 1, 2):
        disk.write("creds.json")
        disk.set_aside(at=disk.now + timedelta(days=days))
    kept = list_set_aside(disk.template, disk.company)
    assert [one.at - disk.now for one in kept] == [timedelta(days=n) for n in (3, 2, 1)]
    assert [one.total for one in kept] == [1, 1, 1]


def test_foreign_things_among_the_kept_are_passed_over(disk):
    disk.write("creds.json")
    kept = disk.set_aside()
    for name in ("notes", "962302-yesterday", "962302-20251399T990000Z", "-20250918T150500Z"):
        (disk.template.set_aside_dir / name).mkdir()
    (disk.template.set_aside_dir / "962302-20250101T000000Z").symlink_to("/etc")
    assert list_set_aside(disk.template, disk.company) == [kept]


def test_what_cannot_be_listed_has_no_total(humble_disk):
    humble_disk.write("creds.json")
    path = humble_disk.set_aside().path
    path.chmod(0)
    [kept] = list_set_aside(humble_disk.template, humble_disk.company)
    path.chmod(0o700)
    assert (kept.path, kept.total) == (path, None)


def test_nothing_kept_is_an_empty_list(disk):
    assert list_set_aside(disk.template, disk.company) == []
    assert expired(disk.template, disk.now) == []


def test_after_fourteen_days_it_has_expired(disk):
    for company, age in (("old", 15), ("young", 13), ("edge", 14)):
        disk.write("creds.json", company=company)
        disk.set_aside(company, at=disk.now - timedelta(days=age))
    assert [one.company_id for one in expired(disk.template, disk.now)] == ["old"]


def test_what_was_never_linked_is_kept_and_never_put_back(disk):
    disk.write("creds.json", text="{}")
    kept = try_to(disk)
    assert kept.path.name == "962302-20250918T150500Z.spent"
    assert kept.path.is_dir()
    assert list_set_aside(disk.template, disk.company) == []


def test_what_was_never_linked_expires_like_the_others(disk):
    disk.write("creds.json", text="{}")
    try_to(disk)
    (old,) = expired(disk.template, disk.now + timedelta(days=15))
    assert (old.company_id, old.spent, old.total) == (disk.company, True, 1)

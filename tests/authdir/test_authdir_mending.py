import os
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.authdir import (
    DirectoryInTheWay,
    NothingSetAside,
    NotReadable,
    OutsideTemplate,
    StillWriting,
    SymlinkRefused,
    copy_good,
    count,
    latest_copy,
    list_set_aside,
    put_back,
)
from bot.domain.files import CredsState

KEY = "app-state-sync-key-AAAAAE1.json"


@pytest.fixture
def damaged(disk):
    """A directory whose credentials were whole when they were copied, and are cut in half now."""
    return damage(disk)


def damage(disk):
    path = disk.sample("7.0-fresh")
    (path / KEY).write_text("{}")
    copy_good(disk.template, disk.company, disk.now)
    os.truncate(path / "creds.json", 900)
    disk.age(path, timedelta(hours=1))
    return disk


def mend(disk, **how):
    copy = latest_copy(disk.template, disk.company)
    return put_back(disk.template, disk.company, copy, disk.now, **how)


def creds(disk):
    return disk.template.path_of(disk.company) / "creds.json"


def state(disk):
    return count(disk.template, disk.company, disk.now, pause=lambda: None).creds


def test_the_copy_takes_the_place_of_the_damaged_file(damaged):
    whole = (latest_copy(damaged.template, damaged.company).path / "creds.json").read_bytes()
    assert mend(damaged).replaced
    assert creds(damaged).read_bytes() == whole
    assert state(damaged) is CredsState.LINKED


def test_the_damaged_file_is_set_aside_and_not_deleted(damaged):
    half = creds(damaged).read_bytes()
    kept = mend(damaged).damaged
    assert kept == damaged.root / "set_aside" / "962302-20250918T150500Z.json"
    assert kept.read_bytes() == half


def test_a_file_that_was_set_aside_is_no_directory_to_restore(damaged):
    mend(damaged)
    assert list_set_aside(damaged.template, damaged.company) == []


def test_nothing_else_is_touched(damaged):
    path = creds(damaged).parent
    before = {one.name: one.stat().st_mtime_ns for one in path.iterdir() if one != creds(damaged)}
    mend(damaged)
    assert before == {
        one.name: one.stat().st_mtime_ns for one in path.iterdir() if one != creds(damaged)
    }


def test_the_new_file_has_the_mode_of_the_old_one(damaged):
    creds(damaged).chmod(0o640)
    mend(damaged)
    assert oct(creds(damaged).stat().st_mode & 0o777) == "0o640"


def test_the_copy_stays_for_another_time(damaged):
    copy = latest_copy(damaged.template, damaged.company)
    mend(damaged)
    assert latest_copy(damaged.template, damaged.company) == copy


def test_a_file_that_is_gone_comes_back_for_its_owner_alone(damaged):
    creds(damaged).unlink()
    os.utime(creds(damaged).parent, (0, 0))
    assert mend(damaged).damaged is None
    assert oct(creds(damaged).stat().st_mode & 0o777) == "0o600"


def test_a_directory_that_was_removed_comes_back_with_its_credentials(damaged):
    creds(damaged).parent.rename(damaged.root.parent / "gone")
    mend(damaged)
    assert sorted(one.name for one in creds(damaged).parent.iterdir()) == [KEY, "creds.json"]
    assert oct(creds(damaged).parent.stat().st_mode & 0o777) == "0o700"
    assert state(damaged) is CredsState.LINKED


def test_an_app_state_key_that_is_there_is_not_written_over(damaged):
    (creds(damaged).parent / KEY).write_text('{"newer":1}')
    mend(damaged, quiet_for_s=0)
    assert (creds(damaged).parent / KEY).read_text() == '{"newer":1}'


def test_whole_credentials_are_left_alone(damaged):
    mend(damaged)
    before = creds(damaged).stat().st_ino
    again = mend(damaged)
    assert (again.replaced, again.damaged) == (False, None)
    assert creds(damaged).stat().st_ino == before


def test_a_mending_that_a_crash_cut_off_is_taken_up(damaged):
    creds(damaged).rename(damaged.root / "elsewhere.json")
    (creds(damaged).parent / ".creds.json.new").write_text("half")
    damaged.age(creds(damaged).parent, timedelta(hours=1))
    mend(damaged)
    assert state(damaged) is CredsState.LINKED
    assert not (creds(damaged).parent / ".creds.json.new").exists()


def test_a_directory_in_use_is_left_alone(damaged):
    half = creds(damaged).read_bytes()
    os.utime(creds(damaged), (damaged.now.timestamp(), damaged.now.timestamp()))
    with pytest.raises(StillWriting):
        mend(damaged)
    assert creds(damaged).read_bytes() == half


def test_a_link_in_the_place_of_the_file_is_refused(damaged):
    target = damaged.root / "target.json"
    creds(damaged).rename(target)
    creds(damaged).symlink_to(target)
    os.utime(creds(damaged).parent, (0, 0))
    with pytest.raises(SymlinkRefused):
        mend(damaged)
    assert creds(damaged).is_symlink()
    assert target.stat().st_size == 900


def test_what_is_no_file_is_not_moved(damaged):
    creds(damaged).unlink()
    os.mkfifo(creds(damaged))
    damaged.age(creds(damaged).parent, timedelta(hours=1))
    with pytest.raises(DirectoryInTheWay):
        mend(damaged)


def test_a_copy_that_is_gone_or_damaged_changes_nothing(damaged):
    copy = latest_copy(damaged.template, damaged.company)
    os.truncate(copy.path / "creds.json", 10)
    with pytest.raises(NothingSetAside):
        put_back(damaged.template, damaged.company, copy, damaged.now)
    assert creds(damaged).stat().st_size == 900


def test_another_companys_copy_is_refused(damaged):
    copy = latest_copy(damaged.template, damaged.company)
    elsewhere = replace(copy, path=damaged.root / copy.path.name)
    for company, one in (("96", copy), (damaged.company, elsewhere)):
        with pytest.raises(OutsideTemplate):
            put_back(damaged.template, company, one, damaged.now)
    assert creds(damaged).stat().st_size == 900


def test_what_the_system_forbids_leaves_the_file_where_it_was(humble_disk):
    damage(humble_disk)
    creds(humble_disk).parent.chmod(0o500)
    with pytest.raises(NotReadable):
        mend(humble_disk)
    assert creds(humble_disk).stat().st_size == 900
    creds(humble_disk).parent.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_that_cannot_be_given_to_its_owner_is_not_put_in_place(humble_disk):
    damage(humble_disk)
    os.seteuid(0)
    os.chown(creds(humble_disk), 12345, 12345)
    os.seteuid(65534)
    with pytest.raises(NotReadable):
        mend(humble_disk)
    assert creds(humble_disk).stat().st_size == 900
    assert not (creds(humble_disk).parent / ".creds.json.new").exists()


def test_a_copy_whose_disk_is_gone_is_not_there(damaged):
    copy = latest_copy(damaged.template, damaged.company)
    shutil.rmtree(damaged.root)
    with pytest.raises(NothingSetAside, match="is not there"):
        put_back(damaged.template, damaged.company, copy, damaged.now)
    assert not damaged.root.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_that_is_made_anew_belongs_to_whoever_owns_the_place(damaged):
    copy = latest_copy(damaged.template, damaged.company)
    shutil.rmtree(damaged.template.path_of(damaged.company))
    os.chown(damaged.root, 65534, 65534)
    put_back(damaged.template, damaged.company, copy, damaged.now)
    made = damaged.template.path_of(damaged.company).stat()
    assert (made.st_uid, made.st_gid) == (65534, 65534)


def test_where_the_directory_cannot_be_made_it_is_told(humble_disk):
    place = humble_disk.root / "sessions"
    place.mkdir()
    disk = damage(type(humble_disk)(place))
    copy = latest_copy(disk.template, disk.company)
    shutil.rmtree(disk.template.path_of(disk.company))
    place.chmod(0o500)
    with pytest.raises(NotReadable):
        put_back(disk.template, disk.company, copy, disk.now)
    place.chmod(0o700)

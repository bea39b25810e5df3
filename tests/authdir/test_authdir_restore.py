import os
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.authdir import (
    NothingSetAside,
    NotReadable,
    OutsideTemplate,
    StillWriting,
    count,
    list_set_aside,
    restore,
)
from bot.domain.files import CredsState


def bring_back(disk, kept, company=None):
    return restore(disk.template, company or disk.company, kept, disk.now + timedelta(minutes=5))


def test_a_reset_is_undone(disk):
    path = disk.sample("6.7-fresh")
    restored = bring_back(disk, disk.set_aside())
    assert (restored.path, restored.total, restored.replaced) == (path, 31, None)
    assert count(disk.template, disk.company, disk.now).creds is CredsState.LINKED
    assert list_set_aside(disk.template, disk.company) == []


def test_the_present_directory_is_kept_in_turn(disk):
    disk.write("old.json")
    kept = disk.set_aside()
    path = disk.write("new.json")
    restored = bring_back(disk, kept)
    assert [one.name for one in path.iterdir()] == ["old.json"]
    assert [one.name for one in restored.replaced.path.iterdir()] == ["new.json"]
    assert list_set_aside(disk.template, disk.company) == [restored.replaced]


def test_restoring_twice_swaps_back(disk):
    disk.write("old.json")
    kept = disk.set_aside()
    path = disk.write("new.json")
    bring_back(disk, bring_back(disk, kept).replaced)
    assert [one.name for one in path.iterdir()] == ["new.json"]


def test_one_of_several_can_be_chosen(disk):
    disk.write("first.json")
    first = disk.set_aside()
    disk.write("second.json")
    second = disk.set_aside(at=disk.now + timedelta(minutes=1))
    path = bring_back(disk, first).path
    assert [one.name for one in path.iterdir()] == ["first.json"]
    assert list_set_aside(disk.template, disk.company) == [second]


def test_what_is_gone_cannot_be_brought_back(disk):
    disk.write("creds.json")
    kept = disk.set_aside()
    (kept.path / "creds.json").unlink()
    kept.path.rmdir()
    present = disk.write("new.json")
    with pytest.raises(NothingSetAside):
        bring_back(disk, kept)
    assert (present / "new.json").exists()


def test_another_companys_keys_are_never_brought_back(disk):
    disk.write("creds.json", company="96")
    kept = disk.set_aside("96")
    with pytest.raises(OutsideTemplate):
        bring_back(disk, kept)
    assert kept.path.exists()


def test_a_path_outside_is_refused(disk, tmp_path_factory):
    disk.write("creds.json")
    kept = disk.set_aside()
    stranger = tmp_path_factory.mktemp("s") / kept.path.name
    stranger.mkdir()
    with pytest.raises(OutsideTemplate):
        bring_back(disk, replace(kept, path=stranger))
    assert stranger.exists()


def test_a_directory_in_use_stays_where_it_is(disk):
    disk.write("old.json")
    kept = disk.set_aside()
    present = disk.write("new.json")
    written = (disk.now + timedelta(minutes=5)).timestamp()
    os.utime(present / "new.json", (written, written))
    with pytest.raises(StillWriting):
        bring_back(disk, kept)
    assert (present / "new.json").exists()
    assert kept.path.exists()


def test_a_failed_swap_leaves_everything_as_it_was(humble_disk):
    humble_disk.write("old.json")
    kept = humble_disk.set_aside()
    present = humble_disk.write("new.json")
    kept.path.chmod(0o500)  # it may be listed, and not moved
    with pytest.raises(NotReadable):
        bring_back(humble_disk, kept)
    assert [one.name for one in present.iterdir()] == ["new.json"]
    assert list_set_aside(humble_disk.template, humble_disk.company) == [kept]
    kept.path.chmod(0o700)

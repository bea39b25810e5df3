"""Deleting what was set aside: that alone, and never through a link."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.authdir import (
    NothingSetAside,
    OutsideTemplate,
    SymlinkRefused,
    expired,
    list_set_aside,
    prune,
)


def test_what_was_set_aside_is_deleted_whole(disk):
    disk.sample("6.7-grown")
    kept = disk.set_aside()
    prune(disk.template, kept)
    assert list((disk.root / "set_aside").iterdir()) == []


def test_nothing_outside_is_deleted(disk):
    live = disk.sample("6.7-grown")
    kept = replace(disk.set_aside(), path=live)
    disk.sample("6.7-grown")
    for path in (live, live / "creds.json", disk.root / "set_aside" / ".."):
        with pytest.raises(OutsideTemplate):
            prune(disk.template, replace(kept, path=path))
    assert (live / "creds.json").exists()


def test_a_link_is_refused_and_its_target_stays(disk):
    live = disk.sample("6.7-grown")
    kept = disk.set_aside()
    disk.sample("6.7-grown")
    link = kept.path.with_name("962302-20250101T000000Z")
    link.symlink_to(live)
    with pytest.raises(SymlinkRefused):
        prune(disk.template, replace(kept, path=link))
    assert (live / "creds.json").exists()


def test_a_set_aside_that_is_a_link_is_refused(disk, tmp_path):
    disk.sample("6.7-grown")
    kept = disk.set_aside()
    moved = (disk.root / "set_aside").rename(disk.root / "elsewhere")
    (disk.root / "set_aside").symlink_to(moved)
    with pytest.raises(SymlinkRefused):
        prune(disk.template, kept)


def test_what_is_gone_already_is_said_to_be(disk):
    disk.sample("6.7-grown")
    kept = disk.set_aside()
    prune(disk.template, kept)
    with pytest.raises(NothingSetAside):
        prune(disk.template, kept)


def test_single_files_expire_as_well_and_are_never_put_back(disk):
    disk.sample("6.7-grown")
    file = disk.set_aside().path.with_name("962302-20250918T150501Z.json")
    file.write_text("{")
    later = disk.now + timedelta(days=15)
    assert {one.path.name for one in expired(disk.template, later)} == {
        "962302-20250918T150500Z",
        file.name,
    }
    assert [one.path.name for one in list_set_aside(disk.template, disk.company)] == [
        "962302-20250918T150500Z"
    ]

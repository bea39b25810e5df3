import json
import os
import shutil
from datetime import timedelta

import pytest

from bot.authdir import (
    NotADirectory,
    NotReadable,
    OutsideTemplate,
    SymlinkRefused,
    copy_good,
    latest_copy,
    list_set_aside,
)

KEYS = ("app-state-sync-key-AAAAAE1.json", "app-state-sync-key-AAAAAE2.json")


def copy(disk, hours=0):
    return copy_good(disk.template, disk.company, disk.now + timedelta(hours=hours))


def rewrite(disk, text):
    (disk.template.path_of(disk.company) / "creds.json").write_text(text)


def linked(disk):
    path = disk.sample("6.7-fresh")
    for name in KEYS:
        (path / name).write_text("{}")
    return path


def changed(path, number):
    creds = (path / "creds.json").read_text().rstrip()
    (path / "creds.json").write_text(creds[:-1] + f',"turn":{number}}}')


def names(path):
    return sorted(one.name for one in path.iterdir())


def test_the_credentials_and_the_app_state_keys_are_copied_and_nothing_else(disk):
    path = linked(disk)
    kept = copy(disk).path
    assert names(kept) == [*KEYS, "creds.json"]
    assert all((kept / name).read_bytes() == (path / name).read_bytes() for name in names(kept))


def test_a_copy_is_for_its_owner_alone(disk):
    path = linked(disk)
    (path / "creds.json").chmod(0o644)
    kept = copy(disk).path
    assert [oct(one.stat().st_mode & 0o777) for one in (kept.parent, kept)] == ["0o700"] * 2
    assert {oct(one.stat().st_mode & 0o777) for one in kept.iterdir()} == {"0o600"}


def test_a_copy_lies_beside_what_is_set_aside_and_is_no_company(plain_disk):
    linked(plain_disk)
    assert copy(plain_disk).path == plain_disk.root / "good_copies" / "962302-20250918T150500Z"
    assert plain_disk.template.company_ids() == [plain_disk.company]
    assert list_set_aside(plain_disk.template, plain_disk.company) == []
    with pytest.raises(OutsideTemplate):
        plain_disk.template.path_of("good_copies")


def test_what_has_not_changed_is_not_copied_again(disk):
    linked(disk)
    first = copy(disk)
    assert copy(disk, hours=1) == first
    assert len(names(first.path.parent)) == 1


def test_a_new_app_state_key_is_a_change(disk):
    path = linked(disk)
    first = copy(disk)
    (path / "app-state-sync-key-AAAAAE3.json").write_text("{}")
    assert copy(disk, hours=1) != first


def test_within_an_hour_it_is_not_copied_twice(disk):
    path = linked(disk)
    first = copy(disk)
    changed(path, 1)
    assert copy(disk, hours=0.9) == first
    assert copy(disk, hours=1).at == disk.now + timedelta(hours=1)


def test_another_device_is_copied_at_once(disk):
    path = linked(disk)
    first = copy(disk)
    creds = json.loads((path / "creds.json").read_text())
    (path / "creds.json").write_text(json.dumps(creds | {"registrationId": 4711}))
    second = copy(disk, hours=0.1)
    assert second != first
    assert latest_copy(disk.template, disk.company) == second


def test_the_last_five_are_kept(disk):
    path = linked(disk)
    for number in range(8):
        changed(path, number)
        copy(disk, hours=number)
    kept = names(disk.template.good_copies_dir)
    assert kept == [f"962302-20250918T{hour}0500Z" for hour in (18, 19, 20, 21, 22)]
    assert latest_copy(disk.template, disk.company).at == disk.now + timedelta(hours=7)


def test_another_companys_copies_are_left_alone(disk):
    linked(disk)
    disk.write("creds.json", company="96")
    disk.template.good_copies_dir.mkdir(mode=0o700)
    other = disk.template.good_copies_dir / "96-20250918T150500Z"
    other.mkdir()
    for number in range(7):
        changed(disk.template.path_of(disk.company), number)
        copy(disk, hours=number)
    assert other.exists()
    assert latest_copy(disk.template, "96") is None


@pytest.mark.parametrize("text", ["", '{"me":', "[]", "{}", '{"me":{"id":"7900@s.whatsapp.net"}}'])
def test_what_is_not_whole_and_linked_is_never_copied(disk, text):
    linked(disk)
    first = copy(disk)
    rewrite(disk, text)
    assert copy(disk, hours=1) is None
    assert latest_copy(disk.template, disk.company) == first


def test_a_half_written_app_state_key_is_left_out(disk):
    path = linked(disk)
    (path / KEYS[0]).write_text('{"keyDa')
    assert names(copy(disk).path) == [KEYS[1], "creds.json"]


def test_without_a_directory_there_is_nothing_to_copy(disk):
    assert copy(disk) is None
    assert latest_copy(disk.template, disk.company) is None
    assert list(disk.root.iterdir()) == []


def test_a_link_is_never_followed(disk, tmp_path_factory):
    path = linked(disk)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "creds.json"
    (path / "creds.json").rename(elsewhere)
    (path / "creds.json").symlink_to(elsewhere)
    (path / KEYS[0]).unlink()
    (path / KEYS[0]).symlink_to(elsewhere)
    with pytest.raises(SymlinkRefused):
        copy(disk)
    (path / "creds.json").unlink()
    elsewhere.rename(path / "creds.json")
    assert KEYS[0] not in names(copy(disk).path)


def test_a_linked_place_for_copies_is_refused(disk, tmp_path_factory):
    linked(disk)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    disk.template.good_copies_dir.symlink_to(elsewhere)
    with pytest.raises(SymlinkRefused):
        copy(disk)
    assert names(elsewhere) == []


def test_a_file_in_the_place_for_copies_is_told(disk):
    linked(disk)
    disk.template.good_copies_dir.write_text("")
    with pytest.raises(NotADirectory):
        copy(disk)


def test_a_copy_that_a_crash_cut_off_is_no_copy_and_is_cleared_away(disk):
    linked(disk)
    half = disk.template.good_copies_dir / f".{disk.company}"
    half.mkdir(parents=True)
    (half / "creds.json").write_text('{"me"')
    assert latest_copy(disk.template, disk.company) is None
    made = copy(disk)
    assert names(disk.template.good_copies_dir) == [made.path.name]


def test_a_copy_that_was_damaged_is_passed_over(disk):
    path = linked(disk)
    first = copy(disk)
    changed(path, 1)
    second = copy(disk, hours=1)
    os.truncate(second.path / "creds.json", 100)
    assert latest_copy(disk.template, disk.company) == first


def test_where_the_place_of_all_directories_is_gone_there_is_nothing_to_copy(disk):
    linked(disk)
    shutil.rmtree(disk.root)
    assert copy(disk) is None
    assert not disk.root.exists()


def test_a_damaged_newest_copy_is_no_reason_not_to_copy(disk):
    linked(disk)
    first = copy(disk)
    (first.path / "creds.json").write_text("{")
    second = copy(disk)
    assert second.path != first.path
    assert latest_copy(disk.template, disk.company) == second


def test_a_directory_whose_names_cannot_be_read_is_told(humble_disk):
    path = linked(humble_disk)
    path.chmod(0o300)
    with pytest.raises(NotReadable):
        copy(humble_disk)
    path.chmod(0o700)

import json
import os

import pytest

from bot.authdir import count
from bot.domain.files import CredsState

LINKED = {"account": {"details": "FAKE"}, "me": {"id": "79000962302:12@s.whatsapp.net"}}
WHOLE = json.dumps(LINKED)


def look(disk, **options):
    found = count(disk.template, disk.company, disk.now, **options)
    return found.creds, found.phone


def test_linked_needs_an_account_with_a_device(disk):
    disk.write("creds.json", text=WHOLE)
    assert look(disk) == (CredsState.LINKED, "79000962302")


@pytest.mark.parametrize("line", ["6.7", "7.0"])
def test_creds_of_a_real_session_are_linked_though_not_registered(disk, line):
    disk.sample(f"{line}-fresh")
    assert look(disk) == (CredsState.LINKED, "79000962302")


@pytest.mark.parametrize(
    ("creds", "phone"),
    [
        ({}, None),
        ({"me": None}, None),
        ({"me": {"id": 7}, "account": {"a": 1}}, None),
        ({"registered": True}, None),
        ({"me": LINKED["me"]}, "79000962302"),
        # A pairing code was asked for, nobody typed it: this logs in instead of registering.
        ({"me": {"id": "79000962302@s.whatsapp.net", "name": "~"}}, "79000962302"),
        ({"account": {"a": 1}, "me": {"id": "79000962302@s.whatsapp.net"}}, "79000962302"),
    ],
)
def test_without_account_or_device_it_is_unlinked(disk, creds, phone):
    disk.write("creds.json", text=json.dumps(creds))
    assert look(disk) == (CredsState.UNLINKED, phone)


@pytest.mark.parametrize(
    "text", ["", WHOLE[: len(WHOLE) // 2], "[]", "null", "\0" * 100, "[" * 100_000, '{"a": NaN']
)
def test_what_is_no_object_is_damaged(disk, text):
    disk.write("creds.json", text=text)
    assert look(disk) == (CredsState.DAMAGED, None)


def test_bytes_that_are_no_text_are_damaged(disk):
    (disk.write() / "creds.json").write_bytes(b'{"me": "\xff\xfe"}')
    assert look(disk) == (CredsState.DAMAGED, None)


def test_a_file_caught_half_written_is_read_again(disk):
    creds = disk.write("creds.json", text="") / "creds.json"
    assert look(disk, pause=lambda: creds.write_text(WHOLE))[0] is CredsState.LINKED


def test_a_whole_file_is_read_once(disk):
    creds = disk.write("creds.json", text=WHOLE) / "creds.json"
    assert look(disk, pause=lambda: creds.write_text(""))[0] is CredsState.LINKED


def test_a_backup_beside_it_is_no_creds_file(disk):
    disk.write("creds.json.bak", "creds.json.tmp", text=WHOLE)
    assert look(disk) == (CredsState.MISSING, None)


def test_a_link_is_not_followed(disk):
    target = disk.root / "elsewhere.json"
    target.write_text(WHOLE)
    (disk.write() / "creds.json").symlink_to(target)
    assert look(disk) == (CredsState.UNREADABLE, None)


def test_a_pipe_does_not_hold_the_look(disk):
    os.mkfifo(disk.write() / "creds.json")
    assert look(disk) == (CredsState.UNREADABLE, None)


def test_a_directory_of_that_name_is_unreadable(disk):
    (disk.write() / "creds.json").mkdir()
    assert look(disk) == (CredsState.UNREADABLE, None)


def test_a_giant_is_not_read(disk):
    creds = disk.write("creds.json", text=WHOLE) / "creds.json"
    os.truncate(creds, 1 << 40)
    assert look(disk) == (CredsState.UNREADABLE, None)


def test_a_file_without_permission_is_unreadable_not_damaged(humble_disk):
    (humble_disk.write("creds.json", text=WHOLE) / "creds.json").chmod(0)
    assert look(humble_disk) == (CredsState.UNREADABLE, None)

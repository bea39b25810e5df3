"""Log files on a disk: rotated, emptied, new, gone, and read on after a restart."""

import os
from datetime import timedelta

import pytest
from doubles import START
from structlog.testing import capture_logs
from wrapped import docker

from bot.domain.log_pattern import LogPattern
from bot.monitor.logs.files import MOST_FILES, LogFiles
from bot.monitor.logs.tail import BACKLOG_BYTES

MAC = "Session error:Error: Bad MAC\n"
OPEN = '{"msg":"opened connection to WA"}\n'


class Disk:
    """A folder of logs, and a reader of them."""

    def __init__(self, folder):
        self.folder = folder
        self.now = START
        self.stored = {}
        self.files = self.new()

    def new(self, stored=()):
        return LogFiles([f"{self.folder}/*.log"], list(stored))

    def write(self, text, name="gateway.log"):
        with (self.folder / name).open("a") as file:
            file.write(text)

    def reads(self, passes=5):
        """How many known lines the next passes find."""
        found = []
        for _ in range(passes):
            reading = self.files.read(self.now)
            found += [pattern for one in reading.found for pattern in one.line.patterns]
            self.stored |= {position.path: position for position in reading.positions}
        return len(found)

    def restart(self):
        self.files.close()
        self.files = self.new(self.stored.values())

    def rename(self, old, new):
        (self.folder / old).rename(self.folder / new)


@pytest.fixture
def disk(tmp_path):
    """A log that is followed, with an old line in it."""
    (tmp_path / "gateway.log").write_text(MAC)
    place = Disk(tmp_path)
    assert place.reads() == 0
    yield place
    place.files.close()


def test_what_was_there_before_the_first_start_is_old(disk):
    disk.write(MAC)
    assert disk.reads() == 1
    assert disk.reads() == 0


def test_a_line_begun_before_the_first_start_is_not_half_read(tmp_path):
    (tmp_path / "gateway.log").write_text("Session error:")
    disk = Disk(tmp_path)
    assert disk.reads() == 0
    disk.write("Error: Bad MAC\n" + MAC)
    assert disk.reads() == 1


def test_a_line_counts_when_it_is_whole(disk):
    disk.write("Session error:Error: Bad ")
    assert disk.reads() == 0
    disk.write("MAC\n")
    assert disk.reads() == 1


def test_a_renamed_file_is_read_to_its_end_and_its_successor_from_its_beginning(disk):
    disk.write(MAC)
    disk.rename("gateway.log", "gateway.log.1")
    disk.write(MAC, "gateway.log.1")
    disk.write(OPEN)
    assert disk.reads() == 3
    disk.write(MAC, "gateway.log.1")
    disk.write(OPEN)
    assert disk.reads() == 2


def test_a_renamed_file_is_let_go_when_its_writer_has_left(disk):
    disk.rename("gateway.log", "gateway.log.1")
    disk.reads()
    disk.now += timedelta(seconds=11)
    disk.reads()
    disk.write(MAC, "gateway.log.1")
    assert disk.reads() == 0


def test_the_unfinished_line_of_a_file_that_is_gone_counts(disk):
    disk.write(MAC.rstrip("\n"))
    disk.reads()
    (disk.folder / "gateway.log").unlink()
    disk.now += timedelta(seconds=11)
    assert disk.reads() == 1


def test_a_file_renamed_within_the_globs_stays_the_same(disk):
    disk.write(MAC)
    assert disk.reads() == 1
    disk.rename("gateway.log", "old.log")
    disk.write(OPEN)
    assert disk.reads() == 1
    disk.write(MAC, "old.log")
    assert disk.reads() == 1


def test_an_emptied_file_begins_anew(disk):
    disk.write(MAC * 3)
    assert disk.reads() == 3
    os.truncate(disk.folder / "gateway.log", 0)
    disk.write(MAC)
    assert disk.reads() == 1


def test_an_emptied_file_that_has_outgrown_itself_begins_anew(disk):
    disk.write(MAC)
    assert disk.reads() == 1
    (disk.folder / "gateway.log").write_text(OPEN * 10)
    assert disk.reads() == 10


def test_a_new_file_is_read_from_its_beginning(disk):
    disk.write(MAC * 2, "company_962302.log")
    assert disk.reads() == 2


def test_a_restart_goes_on_where_it_stopped(disk):
    disk.write(MAC + "Session error:")
    assert disk.reads() == 1
    disk.restart()
    disk.write("Error: Bad MAC\n" + MAC)
    assert disk.reads() == 2


def test_a_restart_knows_a_file_in_which_nothing_was_written(disk):
    disk.write(MAC)
    disk.restart()
    assert disk.reads() == 1


def test_a_restart_finds_what_was_rotated_meanwhile(disk):
    disk.write(MAC)
    assert disk.reads() == 1
    disk.write(MAC * 2)
    disk.rename("gateway.log", "gateway.log.1")
    disk.write(OPEN * 4)
    disk.restart()
    assert disk.reads() == 6
    disk.rename("gateway.log", "gateway.log.2")
    disk.write(OPEN)
    assert disk.reads() == 1


def test_a_restart_sees_that_a_file_was_emptied_meanwhile(disk):
    disk.write(MAC)
    assert disk.reads() == 1
    (disk.folder / "gateway.log").write_text(OPEN * 10)
    disk.restart()
    assert disk.reads() == 10


def test_after_a_long_absence_the_last_part_is_read(disk):
    disk.write(MAC)
    disk.reads()
    disk.write(MAC)
    os.truncate(disk.folder / "gateway.log", BACKLOG_BYTES + 10_000_000)
    disk.write(f"\n{MAC}")
    disk.restart()
    assert disk.reads(passes=1) == 0
    assert disk.reads(passes=BACKLOG_BYTES // 1024**2 + 1) == 1


def test_a_pass_is_bounded(disk):
    disk.write(MAC * 100_000)
    assert 0 < disk.reads(passes=1) < 100_000
    assert disk.reads(passes=3) > 0


def test_junk_does_no_harm(disk):
    with (disk.folder / "gateway.log").open("ab") as file:
        file.write(bytes(range(256)) * 100 + b"\n" + MAC.encode())
    assert disk.reads() == 1


def test_what_is_no_readable_file_is_told_once(disk):
    os.mkfifo(disk.folder / "pipe.log")
    (disk.folder / "folder.log").mkdir()
    with capture_logs() as told:
        disk.reads(10)
        disk.write(MAC)
        assert disk.reads(10) == 1
    refused = [one["path"] for one in told if one["event"] == "log not followed"]
    assert sorted(refused) == [str(disk.folder / "folder.log"), str(disk.folder / "pipe.log")]


def test_a_link_to_a_followed_file_counts_once(disk):
    (disk.folder / "current.log").symlink_to(disk.folder / "gateway.log")
    disk.reads()
    disk.write(MAC)
    assert disk.reads() == 1


def test_what_is_found_names_its_file(disk):
    disk.write(MAC)
    (found,) = disk.files.read(disk.now).found
    assert found.path == str(disk.folder / "gateway.log")
    assert found.line.patterns == (LogPattern.BAD_MAC,)


def test_no_more_than_a_hundred_files_are_followed_and_that_is_said(disk):
    for number in range(MOST_FILES + 1):
        disk.write("", f"a{number:03}.log")
    with capture_logs() as told:
        disk.restart()
        disk.reads()
    assert [one["reason"] for one in told if one["event"] == "log not followed"] == [
        "only 100 files are followed"
    ]


def docker_file(*lines, ended="\n"):
    """These, as Docker keeps what a container prints."""
    return "".join(f"{docker(line, ended)}\n" for line in lines)


HALVES = docker_file("Session error:Error: Bad ", ended="") + docker_file("MAC")
FIRST, REST = HALVES.splitlines(keepends=True)


def test_a_wrapped_file_is_rotated_in_the_middle_of_a_line(disk):
    disk.write(FIRST)
    assert disk.reads() == 0
    disk.rename("gateway.log", "gateway.log.1")
    disk.write(REST + docker_file(MAC.strip()))
    assert disk.reads() == 2


def test_a_restart_finds_a_wrapped_line_that_was_begun_before_it(disk):
    disk.write(FIRST)
    assert disk.reads() == 0
    disk.restart()
    disk.write(REST)
    assert disk.reads() == 1


def test_a_restart_puts_together_what_was_rotated_meanwhile(disk):
    disk.write(docker_file("hello"))
    disk.reads()
    disk.write(FIRST)
    disk.rename("gateway.log", "gateway.log.1")
    disk.write(REST)
    disk.restart()
    assert disk.reads() == 1


def test_what_was_begun_long_before_the_first_start_is_dropped(tmp_path):
    """Whoever writes long enough chooses where the next piece begins."""
    forged = MAC.strip()
    (tmp_path / "gateway.log").write_text(docker_file(*["x" * 16_384] * 10, ended=""))
    disk = Disk(tmp_path)
    assert disk.reads() == 0
    disk.write(docker_file(forged))
    assert disk.reads() == 0
    disk.write(docker_file(forged))
    assert disk.reads() == 1
    disk.files.close()


def test_an_emptied_wrapped_file_is_read_anew(disk):
    disk.write(docker_file(MAC.strip()) * 3)
    assert disk.reads() == 3
    os.truncate(disk.folder / "gateway.log", 0)
    disk.write(docker_file(MAC.strip()))
    assert disk.reads() == 1


def test_lines_that_were_read_and_understood_are_counted_for_each_path(disk):
    disk.write("\n".join(["GET /", "", docker("GET /"), docker(MAC.strip())]) + "\n")
    disk.reads()
    disk.rename("gateway.log", "gateway.log.1")
    disk.write(docker_file("GET /"))
    disk.reads()
    disk.restart()
    disk.write(docker_file(MAC.strip()))
    disk.reads()
    (position,) = disk.stored.values()
    assert (position.lines, position.understood, position.counted_since) == (5, 2, START)

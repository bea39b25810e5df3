"""The command line as a shell sees it: what it says, where, and with which status it ends."""

import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.__main__ import main

ROOT = Path(__file__).parents[1]
RIGHT = {"TELEGRAM_BOT_TOKEN": "123456:TEST-TOKEN", "OWNER_IDS": "1001"}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """A directory without a .env, and with right settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name, value in (RIGHT | {"DATABASE_URL": f"sqlite:///{tmp_path / 'repair.db'}"}).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def run(folder, *words, stdin=subprocess.DEVNULL, **environ):
    """The program as a child, measured where its parent is."""
    measured = {name: os.environ[name] for name in os.environ if name.startswith("COVERAGE_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **measured, **RIGHT, **environ},
        stdin=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("words", [[], ["check"], ["hooks"], ["backup", "x.db"], ["export"]])
def test_without_a_token_every_command_says_what_is_missing(at_home, capsys, words):
    at_home.delenv("TELEGRAM_BOT_TOKEN")
    assert main(words) == 2
    assert "TELEGRAM_BOT_TOKEN" in capsys.readouterr().err


def test_a_wrong_file_of_gateways_is_told_by_its_line(at_home, tmp_path, capsys):
    (tmp_path / "repair-bot.toml").write_text("[gateways.north]\nkind = 'telegram'\n")
    at_home.setenv("CONFIG_FILE", "repair-bot.toml")
    assert main(["hooks"]) == 2
    said = capsys.readouterr().err
    assert "repair-bot.toml" in said
    assert "2" in said


def test_hooks_says_how_a_gateway_is_made_to_push(at_home, capsys):
    at_home.setenv("GATEWAY", "evolution")
    at_home.setenv("HOOK_SECRET", "a-hidden-word-17-of-some-length")
    assert main(["hooks"]) == 0
    assert "a-hidden-word-17" not in capsys.readouterr().out
    assert main(["hooks", "--show"]) == 0
    assert "a-hidden-word-17" in capsys.readouterr().out


def test_a_move_from_what_is_no_address_is_refused(at_home, capsys):
    assert main(["move-database", "repair.db", "sqlite:///new.db"]) != 0
    assert "sqlite:///" in capsys.readouterr().out


def test_an_unusable_database_is_one_sentence(at_home, capsys):
    at_home.setenv("DATABASE_URL", "sqlite:////proc/no/repair.db")
    assert main(["export"]) == 1
    assert "cannot be used" in capsys.readouterr().err


def test_a_bot_that_cannot_use_its_database_ends_with_a_sentence(tmp_path):
    done = run(tmp_path, "run", DATABASE_URL="sqlite:////proc/no/repair.db", LISTEN="")
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_ends_with_one_when_something_is_wrong(tmp_path):
    database = f"sqlite:///{tmp_path / 'repair.db'}"
    done = run(
        tmp_path, "check", TELEGRAM_API_URL=NOWHERE, GATEWAY_URL=NOWHERE, DATABASE_URL=database
    )
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()].count("FAIL") == 2


def test_a_demo_of_an_unknown_gateway_names_the_known_ones(tmp_path):
    done = run(tmp_path, "demo", "--gateway", "whatsmeow")
    assert done.returncode == 2
    assert "ai_admin" in done.stderr


def test_init_that_is_broken_off_writes_nothing(tmp_path):
    ours, theirs = pty.openpty()
    over = threading.Event()

    def press_ctrl_d():
        while not over.wait(0.1):  # what is typed before a hidden question is thrown away
            os.write(ours, b"\x04")

    typing = threading.Thread(target=press_ctrl_d)
    typing.start()
    done = run(tmp_path, "init", stdin=theirs)
    over.set()
    typing.join()
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 1
    assert "Nothing was written." in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_init_leaves_a_present_file_alone(tmp_path):
    (tmp_path / ".env").write_text("OWNER_IDS=1\n")
    ours, theirs = pty.openpty()
    done = run(tmp_path, "init", stdin=theirs)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 1
    assert ".env" in done.stderr
    assert (tmp_path / ".env").read_text() == "OWNER_IDS=1\n"

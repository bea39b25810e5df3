"""`repair-bot init` asks, and writes a `.env` that works."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.init import CannotWrite, init, rendered
from bot.settings import documented, load, secret_of

TOKEN = "123456:TEST-TOKEN"


class Terminal:
    """Somebody who answers; what was asked and said."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.said = ""
        self.hidden = []

    def ask(self, prompt, secret):
        if secret:
            self.hidden.append(prompt.split(":")[0])
        return self.answers.pop(0)

    def write(self, text):
        self.said += text

    def who_wrote(self, token):
        return f"1001 wrote to the bot of {token}\n"


def asked(folder, *answers):
    terminal = Terminal(*answers)
    init(folder / ".env", terminal.ask, terminal.write, terminal.who_wrote)
    assert terminal.answers == []
    return terminal


def test_what_was_answered_is_what_is_read(tmp_path):
    folder = "/opt/gateway/sessions/company_{company}"
    asked(tmp_path, TOKEN, "-1001234567890", "11, 22", "", "http://localhost:4000", "", folder)
    found = load({}, tmp_path / ".env")
    assert secret_of(found.telegram_bot_token) == TOKEN
    assert found.owner_ids == (11, 22)
    assert (found.gateway, found.gateway_url) == ("ai_admin", "http://localhost:4000")
    assert found.sessions_dir == folder


def test_a_token_and_an_owner_are_enough(tmp_path):
    asked(tmp_path, TOKEN, "", "11", "", "", "", "")
    assert load({}, tmp_path / ".env") == load(
        {"TELEGRAM_BOT_TOKEN": TOKEN, "OWNER_IDS": "11"}, None
    )


def test_a_wrong_answer_is_explained_and_asked_again(tmp_path):
    terminal = asked(tmp_path, "", "no token", TOKEN, "", "me", "11", "", "", "", "")
    assert "TELEGRAM_BOT_TOKEN is needed" in terminal.said
    assert "expected the token as @BotFather gives it" in terminal.said
    assert 'OWNER_IDS is "me"' in terminal.said


def test_who_does_not_know_their_id_is_told_who_wrote_to_the_bot(tmp_path):
    terminal = asked(tmp_path, TOKEN, "", "", "1001", "", "", "", "")
    assert f"1001 wrote to the bot of {TOKEN}" in terminal.said
    assert load({}, tmp_path / ".env").owner_ids == (1001,)


def test_a_gateway_without_files_is_not_asked_for_its_directory(tmp_path):
    terminal = asked(tmp_path, TOKEN, "", "11", "waha", "", "a key")
    assert "SESSIONS_DIR" not in terminal.said
    assert secret_of(load({}, tmp_path / ".env").gateway_key) == "a key"


def test_secrets_are_asked_for_unseen(tmp_path):
    assert asked(tmp_path, TOKEN, "", "11", "", "", "", "").hidden == [
        "TELEGRAM_BOT_TOKEN",
        "GATEWAY_KEY",
    ]


def test_the_file_is_for_its_owner_alone(tmp_path):
    asked(tmp_path, TOKEN, "", "11", "", "", "", "")
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("link", [False, True])
def test_a_present_file_is_left_alone_and_nothing_is_asked(tmp_path, link):
    path = tmp_path / ".env"
    if link:
        path.symlink_to(tmp_path / "nowhere")
    else:
        path.write_text("OWNER_IDS=1")
    with pytest.raises(CannotWrite, match="stays as it is"):
        asked(tmp_path)
    assert link or path.read_text() == "OWNER_IDS=1"


def test_one_that_appears_while_asking_is_left_alone(tmp_path):
    def ask(prompt, secret):
        (tmp_path / ".env").write_text("mine")
        return {"TELEGRAM_BOT_TOKEN: ": TOKEN, "OWNER_IDS: ": "11"}.get(prompt, "")

    with pytest.raises(CannotWrite, match="stays as it is"):
        init(tmp_path / ".env", ask, lambda text: None, lambda token: "")
    assert (tmp_path / ".env").read_text() == "mine"


def test_every_setting_stands_in_the_file_with_its_meaning():
    text = rendered({})
    assert [doc.name for doc in documented() if f"# {doc.name}=" not in text] == []


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_any_key_is_read_as_it_was_typed(tmp_path_factory, key):
    if "${" in key:
        return
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text(rendered({"TELEGRAM_BOT_TOKEN": TOKEN, "OWNER_IDS": "1", "GATEWAY_KEY": key}))
    assert secret_of(load({}, path).gateway_key) == key


def test_what_a_file_could_not_give_back_is_refused(tmp_path):
    terminal = asked(tmp_path, TOKEN, "", "11", "waha", "", "${HOME}", "")
    assert "set it in the environment" in terminal.said


def test_without_a_terminal_it_says_what_to_do(tmp_path):
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "bot", "init"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "copy .env.example" in done.stderr

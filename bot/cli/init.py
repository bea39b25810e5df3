"""`repair-bot init`: asks for what a new installation needs, and writes a commented `.env`."""

import os
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from bot.settings import SettingDoc, documented, load, problem_with

_ASKED = (
    "TELEGRAM_BOT_TOKEN",
    "OWNER_IDS",
    "TELEGRAM_CHAT_ID",
    "GATEWAY",
    "GATEWAY_URL",
    "GATEWAY_KEY",
    "SESSIONS_DIR",
)
_HINTS = {
    "TELEGRAM_BOT_TOKEN": "In Telegram write /newbot to @BotFather; it ends with the token.",
    "OWNER_IDS": "Yours. Don't know it? Write your bot a word, then press Enter: it is told here.",
    "TELEGRAM_CHAT_ID": "May wait: /start in the group subscribes it.",
    "GATEWAY_KEY": "Skip it where the gateway asks for none.",
    "SESSIONS_DIR": "{company} stands for the id. Skip it when the gateway is on another machine.",
}
_HEAD = (
    "# Settings of Re:pair. What is set in the environment wins over this file.\n"
    "# A line that is commented out shows the default, or an example where there is none.\n"
)

# Asks with a prompt and returns the line; the second argument: it is a secret, do not show it.
Ask = Callable[[str, bool], str]
Write = Callable[[str], object]
# Tells who wrote to the bot of a token, in lines to be shown.
WhoWrote = Callable[[str], str]


class CannotWrite(Exception):
    """The file was not written; the text says why, and what to do."""


def init(path: Path, ask: Ask, write: Write, who_wrote: WhoWrote) -> None:
    """Ask, then write the file for its owner alone. CannotWrite; a present file is left alone."""
    if path.exists() or path.is_symlink():
        raise CannotWrite(_present(path))
    write("Enter alone skips a question, or takes what stands in [brackets].\n")
    answers: dict[str, str] = {}
    for doc in documented():
        if doc.name in _ASKED and _makes_sense(doc, answers):
            owners = partial(who_wrote, answers.get("TELEGRAM_BOT_TOKEN", ""))
            text = _answer(doc, ask, write, owners)
            if text:
                answers[doc.name] = text
    _write_new(path, rendered(answers))
    load(environ={}, env_file=path)  # what was written is what will be read
    write(f"\n{path} is written, readable for you alone. Next:\n")
    write("  repair-bot check   says for each thing whether it is right\n")
    write("  repair-bot         runs the bot; then send it /start\n")


def rendered(answers: Mapping[str, str]) -> str:
    """The text of `.env`: every setting with its meaning; only the answered ones are set."""
    return _HEAD + "".join(_rendered(answers))


def _rendered(answers: Mapping[str, str]) -> Iterator[str]:
    group = ""
    for doc in documented():
        if doc.group != group:
            group = doc.group
            yield f"\n### {group}\n"
        meaning = doc.meaning[:1].upper() + doc.meaning[1:]
        yield (
            "\n"
            + textwrap.fill(f"{meaning}.", 98, initial_indent="# ", subsequent_indent="# ")
            + "\n"
        )
        if doc.name in answers:
            yield f"{doc.name}={_quoted(answers[doc.name])}\n"
        else:
            yield f"# {doc.name}={doc.default or doc.example}\n"


def _quoted(text: str) -> str:
    """As the reader of the file gives it back."""
    if all(sign.isalnum() or sign in "_-:/.,@{}+=" for sign in text):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _makes_sense(doc: SettingDoc, answers: Mapping[str, str]) -> bool:
    """Only one kind of gateway keeps its keys in files that the bot can see."""
    kind = answers.get("GATEWAY", "ai_admin").lower()
    return doc.name != "SESSIONS_DIR" or kind == "ai_admin"


def _answer(doc: SettingDoc, ask: Ask, write: Write, owners: Callable[[], str]) -> str:
    """Ask until an answer is valid; returns an empty text for a skipped question."""
    write(f"\n{doc.name}: {doc.meaning}.\n")
    if doc.name in _HINTS:
        write(f"{_HINTS[doc.name]}\n")
    default = f" [{doc.default}]" if doc.default else ""
    while True:
        text = ask(f"{doc.name}{default}: ", doc.secret).strip()
        problem = _problem(doc, text)
        if problem is None:
            return text
        write(owners() if doc.name == "OWNER_IDS" and not text else f"{problem}\n")


def _problem(doc: SettingDoc, text: str) -> str | None:
    if not text:
        needed = f"{doc.name} is needed: expected {doc.expects}, for example {doc.example}."
        return needed if doc.required else None
    if "${" in text or not text.isprintable():
        return f"{doc.name} can't stand in a .env with such signs: set it in the environment."
    return problem_with(doc.name, text)


def _write_new(path: Path, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL  # what came in between is not overwritten either
    try:
        opened = os.open(path, flags, 0o600)
    except FileExistsError as error:
        raise CannotWrite(_present(path)) from error
    except OSError as error:
        reason = error.strerror
        raise CannotWrite(
            f"{path} can't be written ({reason}): run this where you may write."
        ) from error
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(text)


def _present(path: Path) -> str:
    return f"{path} is there already and stays as it is: edit it, or move it away first."

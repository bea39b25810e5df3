"""The command line: run, demo, init, check, hooks, try-gateway, move-database, backup, export."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from functools import partial
from getpass import getpass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import ConfigProblems, Settings, Setup

# Everything heavy is imported by the command that needs it: --help must not load the bot.


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 well, 1 something failed, 2 the settings or the command line are wrong.

    3: told to stop, it took too long, or was told so twice; nothing that was saved is lost.
    """
    options = _parser().parse_args(argv)
    runs: dict[str, Callable[[], int]] = {
        "demo": partial(_demo, options),
        "hooks": partial(_hooks, options),
        "init": _init,
        "try-gateway": partial(_try_gateway, options),
        "move-database": partial(_move, options),
        "backup": partial(_take_out, options),
        "export": partial(_take_out, options),
    }
    if options.command in runs:
        return runs[options.command]()
    return _with_settings(check=options.command == "check")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="repair-bot",
        description="Keeps companies' WhatsApp sessions alive, from a Telegram chat.",
        epilog="Settings come from the environment and from .env: see .env.example.",
    )
    parser.add_argument(
        "--version", action="version", version=f"repair-bot {version('repair-bot')}"
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("run", help="run the bot (the default)")
    commands.add_parser("init", help="ask for what is needed and write a .env")
    commands.add_parser("check", help="say whether settings, token, chat, gateway, disk are right")
    hooks = commands.add_parser("hooks", help="say how each gateway is made to push")
    hooks.add_argument("--show", action="store_true", help="with the secret in the addresses")
    trying = commands.add_parser("try-gateway", help="look at a gateway by its description")
    trying.add_argument("kind", metavar="FILE|KIND", help="a description, or a kind by its name")
    move = commands.add_parser("move-database", help="copy all into an empty database")
    move.add_argument("source", metavar="FROM", help="sqlite:///path, postgresql://… or @file")
    move.add_argument("target", metavar="TO", help="the same; @file holds an address")
    backup = commands.add_parser("backup", help="copy the database into a file, while the bot runs")
    backup.add_argument("file", metavar="FILE", help="a file that is not there yet")
    commands.add_parser("export", help="write incidents and audit as JSON lines")
    demo = commands.add_parser("demo", help="try everything here, without Telegram or WhatsApp")
    demo.add_argument("--port", type=int, default=8090, help="of the chat page (default: 8090)")
    demo.add_argument(
        "--gateway", default="ai_admin", metavar="KIND", help="which kind to play (ai_admin)"
    )
    demo.add_argument("--interval", type=float, default=5, help="seconds between looks (5)")
    demo.add_argument(
        "--language", choices=("ru", "en"), help="of everything shown (the browser's)"
    )
    return parser


def _with_settings(*, check: bool) -> int:
    from bot import logs  # noqa: PLC0415 - see the top of this file
    from bot.settings import secrets_in  # noqa: PLC0415

    read = _settings()
    if read is None:
        return 2
    settings, setup = read
    level = "error" if check else settings.log_level
    secrets = (*secrets_in(settings), *setup.secrets)
    logs.configure(format=settings.log_format, level=level, secrets=secrets)
    if check:
        from bot.cli.check import check as check_all  # noqa: PLC0415

        return asyncio.run(check_all(settings, setup, _say))
    from bot.http.open_files import raise_descriptor_limit  # noqa: PLC0415
    from bot.runtime.memory import keep_small, set_aside_what_stays  # noqa: PLC0415
    from bot.runtime.shutdown import end_in_time, run_until_stopped  # noqa: PLC0415
    from bot.wiring.program import build  # noqa: PLC0415
    from storage.errors import DatabaseError, DatabaseInUse  # noqa: PLC0415

    keep_small()
    raise_descriptor_limit()

    async def serve() -> None:
        app = build(settings, setup)
        set_aside_what_stays()
        end_in_time()
        await run_until_stopped(app.running(), app.reload)

    try:
        asyncio.run(serve())
    except DatabaseInUse as error:
        sys.stderr.write(f"{error}\n")
        return 2  # as for a wrong setting: a supervisor that tries again helps nobody
    except DatabaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _settings() -> "tuple[Settings, Setup] | None":
    """What is set; None when something is wrong, which has been told."""
    from bot.settings import ConfigProblems, SettingsProblems, load, read_setup  # noqa: PLC0415 - see the top of this file

    try:
        settings = load()
        return settings, read_setup(settings)
    except SettingsProblems as problems:
        sys.stderr.write(f"{problems}\n")
    except ConfigProblems as wrong:
        sys.stderr.write(_in_words(wrong))
    return None


def _hooks(options: argparse.Namespace) -> int:
    from bot.cli.hooks import how_to_push  # noqa: PLC0415 - see the top of this file

    read = _settings()
    if read is None:
        return 2
    _say(how_to_push(*read, show=options.show))
    return 0


def _try_gateway(options: argparse.Namespace) -> int:
    from bot.cli.try_gateway import Untold, kind_named, set_up, try_gateway  # noqa: PLC0415
    from bot.gateways.described.problems import BadDescription  # noqa: PLC0415
    from bot.settings import ConfigProblems, SettingsProblems  # noqa: PLC0415

    try:
        gateway, named = set_up(kind_named(options.kind))
    except BadDescription as wrong:
        sys.stderr.write("".join(f"{problem}\n" for problem in wrong.problems))
    except (SettingsProblems, Untold) as problems:
        sys.stderr.write(f"{problems}\n")
    except ConfigProblems as wrong_file:
        sys.stderr.write(_in_words(wrong_file))
    else:
        return asyncio.run(try_gateway(gateway, named, _say))
    return 2


def _move(options: argparse.Namespace) -> int:
    from bot.cli.move_database import move_database  # noqa: PLC0415 - see the top of this file

    return move_database(options.source, options.target, _say)


def _init() -> int:
    from bot.cli.init import CannotWrite, init  # noqa: PLC0415 - see the top of this file

    if not sys.stdin.isatty():
        sys.stderr.write(
            "repair-bot init asks questions and needs a terminal. Without one, copy .env.example "
            "to .env and fill it in.\n"
        )
        return 2
    try:
        init(Path(".env"), _ask, _say, _who_wrote)
    except CannotWrite as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (EOFError, KeyboardInterrupt):
        sys.stderr.write("\nNothing was written.\n")
        return 1
    return 0


def _ask(prompt: str, secret: bool) -> str:  # noqa: FBT001 - the kind of question, as asked
    return getpass(prompt) if secret else input(prompt)


def _who_wrote(token: str) -> str:
    from bot.cli.who_wrote import who_wrote  # noqa: PLC0415 - see the top of this file

    return who_wrote(token)


def _take_out(options: argparse.Namespace) -> int:
    from bot.cli.archive import backup, export  # noqa: PLC0415 - see the top of this file
    from storage.errors import DatabaseError  # noqa: PLC0415

    read = _settings()
    if read is None:
        return 2
    url = read[0].database_url.get_secret_value()
    if options.command == "backup":
        return asyncio.run(backup(url, Path(options.file), _say))
    try:
        return asyncio.run(export(url, _say))
    except DatabaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _in_words(wrong: "ConfigProblems") -> str:
    from bot.texts import Catalogs, plain  # noqa: PLC0415
    from bot.texts.config_problems import problems_in_words  # noqa: PLC0415 - see the top of this file

    english = Catalogs().speaking("en")
    lines = problems_in_words(english, str(wrong.path), wrong.problems)
    return "".join(f"{plain(line)}\n" for line in lines)


def _demo(options: argparse.Namespace) -> int:
    from bot import logs  # noqa: PLC0415 - see the top of this file
    from bot.cli.demo import demo  # noqa: PLC0415
    from bot.sandbox.gateway import DIALECTS  # noqa: PLC0415

    if options.gateway not in DIALECTS:
        sys.stderr.write(f"--gateway is one of {', '.join(DIALECTS)}.\n")
        return 2

    logs.configure(format="text", level="warning")
    asyncio.run(demo(options.port, options.interval, options.gateway, _say, options.language))
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()  # a service manager's log is a pipe, and pipes hold back


if __name__ == "__main__":
    sys.exit(main())

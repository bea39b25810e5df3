"""What `repair-bot check` says of a gateway: its list, its directories, its log."""

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bot import authdir
from bot.authdir import AuthDirError, SessionsTemplate
from bot.domain.company import Company, CompanyId, WhyAbsent
from bot.domain.roster import Roster
from bot.domain.session import State
from bot.domain.session_names import display_name, may_be_given_id
from bot.domain.timing import Timing
from bot.domain.words import is_word, typed
from bot.gateways.base import GatewayAuthError, GatewayConfused, GatewayError, GatewayUnreachable
from bot.gateways.by_name import ByName, by_name
from bot.monitor.logs.sample import Sample, sample
from bot.runtime.app import utc_now
from bot.runtime.builder import build_gateway
from bot.settings import GatewaySetup, Settings
from storage.database import Database
from storage.errors import DatabaseError
from storage.sessions import companies

_NAMED_MOST = 10  # on one line
_ENOUGH_LINES = 20  # a gateway that has just begun to write says nothing of its connections yet


class Wrong(Exception):
    """A check has failed; the text tells the operator what to do."""


async def listed(setup: GatewaySetup, settings: Settings, roster: Roster, url: str) -> str:
    """Whether it answers, and what it lists. Raises Wrong."""
    named = [company.session_key for company in roster.named()]
    gateway = build_gateway(setup, Timing(), utc_now, named=named)
    try:
        info = await gateway.ping()
        sessions = await gateway.list_sessions()
    except GatewayError as error:
        raise Wrong(f"{setup.url}: {error}; {_cure(error, url)}") from error
    finally:
        await gateway.aclose()
    if not sessions:
        return f"{setup.kind}: it answers, and has no sessions: make the first one there"
    known = await _known(settings)
    every = by_name(sessions)
    listed_keys = list(every.sessions)
    left_out = _left_out(known, settings.max_companies, roster, listed_keys)
    if left_out:
        raise Wrong(
            f"{setup.kind}: {left_out} of {len(sessions)} sessions find no room and are not "
            f"watched; if they are yours, raise MAX_COMPANIES above {settings.max_companies}"
        )
    unwatchable = list(_unwatchable(every, roster))
    if unwatchable:
        raise Wrong(f"{setup.kind}: of {len(sessions)} sessions {'; '.join(unwatchable)}")
    connected = sum(1 for session in sessions if session.state is State.CONNECTED)
    took_ms = round(info.latency_s * 1000)
    own = [company for company in known.values() if company.gateway == setup.name]
    summary = f"{setup.kind}: {len(sessions)} sessions, {connected} connected, {took_ms} ms"
    unwanted = sum(1 for key in every.sessions if roster.company_of(key) is None)
    if unwanted:
        summary += f"; {unwanted} of them the settings do not name"
    return summary + _ids_that_are_words(own)


def _unwatchable(every: ByName, roster: Roster) -> Iterator[str]:
    """What nobody can watch of a list, and what helps against it."""
    unfit = [key for key in every.sessions if not roster.fits(key)]
    fit_for_an_id = [key for key in unfit if may_be_given_id(key)]
    if fit_for_an_id:
        yield (
            f"{len(fit_for_an_id)} can't be watched by their names: {_quoted(fit_for_an_id)}; give "
            "each an id by [companies.…] with session_key in CONFIG_FILE, or rename them at the "
            "gateway"
        )
    others = [key for key in unfit if not may_be_given_id(key)]
    if others:
        yield (
            f"{len(others)} can't be asked for by their names: {_quoted(others)}; rename them at "
            "the gateway"
        )
    if every.nameless:
        yield f"{every.nameless} have no readable name: name or delete them at the gateway"
    if every.alike:
        yield (
            f"{len(every.alike)} bear a name that another has: {_quoted(every.alike)}; rename them "
            "at the gateway"
        )


def _quoted(names: Iterable[str]) -> str:
    """The first few of them, each once."""
    each = list(dict.fromkeys(names))
    return ", ".join(f'"{display_name(name)}"' for name in each[:_NAMED_MOST])


def _ids_that_are_words(known: Iterable[Company]) -> str:
    """How to write companies whose ids are words of commands; "" when there are none."""
    as_typed = [typed(company.id) for company in known if is_word(company.id)]
    shown = ", ".join(as_typed[:_NAMED_MOST]) + (" …" if len(as_typed) > _NAMED_MOST else "")
    return f"; ids that are words of commands are written {shown}" if as_typed else ""


def _left_out(
    known: Mapping[CompanyId, Company], most: int, roster: Roster, listed: Sequence[str]
) -> int:
    """How many of these the bot will not watch, given those it watches already."""
    found = [company for key in listed if (company := roster.company_of(key)) is not None]
    named = {company.id for company in roster.named()}
    stored = {(company.gateway, company.session_key) for company in known.values()}
    new = {
        company.session_key
        for company in found
        if (company.gateway, company.session_key) not in stored
        and company.id not in named
        and (company.made or company.id not in known)
    }
    watched = sum(1 for company in known.values() if company.absence in (None, WhyAbsent.UNNAMED))
    return max(0, watched + len(new) - max(most, watched))


async def _known(settings: Settings) -> dict[CompanyId, Company]:
    """The stored companies; none when the database cannot be read.

    What is wrong with it stands in a line of its own.
    """
    database = Database(settings.database_url.get_secret_value())
    try:
        await database.open()
        async with database.reading() as tx:
            return {company.id: company for company in await companies.every(tx)}
    except DatabaseError:
        return {}
    finally:
        await database.close()


def _cure(error: GatewayError, url: str) -> str:
    if isinstance(error, GatewayAuthError):
        return "compare the key in the settings with the gateway's"
    if isinstance(error, GatewayUnreachable) and not isinstance(error, GatewayConfused):
        return f"see that the gateway runs, and compare {url} with where it listens"
    return f"see that a gateway of this kind listens at {url}"


def directory(setup: GatewaySetup, called: str) -> str:
    """Where the key files are, and what is kept of them. Raises Wrong."""
    if setup.sessions_dir is None and setup.kind != "ai_admin":
        return f"{setup.kind} keeps its keys where the bot can't reach: a reset can't be undone"
    if setup.sessions_dir is None:
        return f"{called} is not set: a reset can't be undone, files are not counted"
    try:
        template = SessionsTemplate.parse(setup.sessions_dir)
        found = template.company_ids()
    except AuthDirError as error:
        raise Wrong(str(error)) from error
    if not template.parent.is_dir():
        raise Wrong(f"{template.parent} is no directory: compare {called} with the gateway's")
    if template.parent.is_symlink():
        raise Wrong(
            f"{template.parent} is a link; nothing is set aside through one: name its target"
        )
    kept = ", ".join(
        f"{stored.entries} {name} of {stored.size_bytes / 1e6:,.1f} MB"
        for name, stored in (
            ("set aside", authdir.stored_in(template.set_aside_dir)),
            ("good copies", authdir.stored_in(template.good_copies_dir)),
        )
    )
    return f"{len(found)} companies in {template.parent}; {kept}"


def log(setup: GatewaySetup, called: str) -> str:
    """Which log files are followed, and how much of them the bot understands. Raises Wrong."""
    if not setup.log:
        return f"{called} is not set: why a session was lost is known only where the gateway says"
    # Path.glob knows no absolute patterns.
    found = sorted({path for pattern in setup.log for path in glob.glob(pattern)})  # noqa: PTH207
    if not found:
        raise Wrong(f"no file matches {called} yet: compare it with where the gateway logs")
    closed = [path for path in found if not os.access(path, os.R_OK)]
    if closed:
        raise Wrong(f"{closed[0]} can't be read: let the bot's user read it")
    return _understood(called, [sample(path) for path in found if Path(path).is_file()])


def _understood(called: str, samples: Sequence[Sample]) -> str:
    """How many of the last log lines the bot understands."""
    followed = f"{len(samples)} files are followed"
    lines, known = sum(read.lines for read in samples), sum(read.understood for read in samples)
    if not lines:
        return f"{followed}; nothing is written in them yet"
    dark = [read for read in samples if read.lines and not read.understood]
    if not dark:
        return f"{followed}; {known} of their last {lines} lines are understood"
    first = (
        f"not one of the last {dark[0].lines} lines of {dark[0].path} is understood: compare "
        f"{called} with where this gateway logs; docs/logs.md shows what it may be wrapped in"
    )
    if not known and lines >= _ENOUGH_LINES:
        raise Wrong(first)
    return f"{followed}; {known} of their last {lines} lines are understood; {first}"

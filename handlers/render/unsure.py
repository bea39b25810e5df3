"""Says since when nobody has looked, or what was seen is not kept, and what mends it."""

from datetime import datetime

from bot.alerts.courier import Unwatched
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.freshness import Unsure
from bot.domain.telegram_trouble import TelegramTrouble
from bot.texts import Markup, Texts, plain
from handlers.render import incidents
from handlers.render.screen import Screen, cut

_NAMED = 30
_WHY = {
    DatabaseTrouble.FULL: "database.full",
    DatabaseTrouble.READ_ONLY: "database.read_only",
    DatabaseTrouble.LOCKED: "database.locked",
    DatabaseTrouble.DELETED: "database.deleted",
    DatabaseTrouble.REPLACED: "database.replaced",
    DatabaseTrouble.DAMAGED: "database.damaged",
    DatabaseTrouble.DISK: "database.disk",
    DatabaseTrouble.AWAY: "database.away",
}


def line(t: Texts, unsure: Unsure, now: datetime) -> Markup:
    """One line, with its mark."""
    key = "unsure.not_kept" if _of_the_file(unsure) else "unsure.line"
    return t.say(
        key,
        mark=incidents.NOT_KNOWN,
        moment=t.hour(unsure.since, now),
        why=why(t, unsure.why),
    )


def of_gateway(t: Texts, name: str, unsure: Unsure, now: datetime) -> Markup:
    """The same of one gateway among others."""
    if _of_the_file(unsure):
        return line(t, unsure, now)
    return t.say(
        "unsure.gateway",
        mark=incidents.NOT_KNOWN,
        gateway=t.foreign(name),
        moment=t.hour(unsure.since, now),
        why=why(t, unsure.why),
    )


def why(t: Texts, trouble: DatabaseTrouble | None) -> Markup:
    """What stands in the way, and what to do about it."""
    return t.say("database.late" if trouble is None else _WHY[trouble])


def _of_the_file(unsure: Unsure) -> bool:
    return unsure.why is not None and unsure.why.of_the_file


def unwatched(t: Texts, facts: Unwatched, now: datetime) -> Screen:
    """What is told from memory when nothing can be written or looked at any more."""
    of_the_file = facts.why is not None and facts.why.of_the_file
    key = "unwatched.not_kept" if of_the_file else "unwatched.told"
    lines: list[str] = [t.say(key, moment=t.hour(facts.since, now), why=why(t, facts.why))]
    if facts.lost:
        named = ", ".join(t.foreign(company_id) for company_id in facts.lost[:_NAMED])
        lines += ["", t.say("overview.lost", n=t.number(len(facts.lost)), named=named)]
    if facts.kept_in:
        lines += ["", t.say("unwatched.kept_in", file=t.foreign(facts.kept_in, 80))]
    return Screen(cut(t, lines))


def unwatched_elsewhere(t: Texts, facts: Unwatched, now: datetime) -> tuple[str, str]:
    """The same for a backup channel: a title and a text."""
    return plain(t.say("unwatched.title")), unwatched(t, facts, now).plain


def deaf_elsewhere(t: Texts, age_s: float, why: TelegramTrouble | None) -> tuple[str, str]:
    """For a backup channel: commands and buttons do not reach the bot. A title and a text."""
    minutes = t.number(max(1, round(age_s / 60)))
    if why is None:
        words = t.say("telegram_down.told", minutes=minutes)
    else:
        words = t.say(f"telegram_down.told.{why}", minutes=minutes)
    return plain(t.say("telegram_down.title")), plain(words)


def cannot_read(
    t: Texts, trouble: DatabaseTrouble, since: datetime | None, now: datetime
) -> Screen:
    """The answer to a question while the database cannot be read."""
    lines: list[str] = [t.say("database.cannot_read", why=why(t, trouble))]
    if since is not None:
        lines.append(t.say("database.last_known", moment=t.hour(since, now)))
    return Screen(cut(t, lines))


def cannot_serve(t: Texts, trouble: DatabaseTrouble) -> Screen:
    """The answer to an act during which the database failed."""
    return Screen(t.say("database.cannot_serve", why=why(t, trouble)))

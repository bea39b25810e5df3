"""The digest: how the day went, what is getting worse, which companies have no subscriber."""

from collections.abc import Iterable
from datetime import timedelta

from bot.domain.digest import Digest, MoreFiles, Reconnected, WasDown
from bot.texts import Markup, Texts
from handlers.render.screen import and_more, joined

_NAME_LIMIT = 28


def digest(t: Texts, day: Digest) -> Markup:
    """The digest as one text; on a day without trouble its first line is enough."""
    title = t.plural("system_notice.digest", day.total)
    if day.well:
        title = t.plural("digest.all_well", day.total)
    blocks = [
        title,
        _block(t, "digest.down", (_down(t, was_down) for was_down in day.down), day.more_down),
        _block(
            t, "digest.files", (_files(t, more_files) for more_files in day.files), day.more_files
        ),
        _block(
            t,
            "digest.reconnects",
            (_reconnected(t, reconnect) for reconnect in day.reconnects),
            day.more_reconnects,
        ),
        _block(
            t,
            "digest.unheard",
            (Markup(t.foreign(company)) for company in day.unheard),
            day.more_unheard,
        ),
    ]
    notes = []
    if day.resting:
        named = ", ".join(t.foreign(company_id) for company_id in day.resting)
        total = len(day.resting) + day.more_resting
        more = "…" if day.more_resting else ""
        notes.append(t.plural("digest.resting", total, named=f"{named}{more}"))
    if day.late_s:
        notes.append(t.say("digest.late", length=t.duration(timedelta(seconds=day.late_s))))
    if day.unseen_s:
        notes.append(t.say("digest.unseen", length=t.duration(timedelta(seconds=day.unseen_s))))
    if day.muted:
        notes.append(t.plural("digest.muted", day.muted))
    if notes:
        blocks.append(joined(*notes))
    return Markup("\n\n".join(block for block in blocks if block))


def _block(t: Texts, key: str, lines: Iterable[Markup], more: int) -> Markup:
    """A heading and its lines; nothing where there are none."""
    shown = list(lines)
    if not shown:
        return Markup("")
    return joined(t.say(key), *shown, *and_more(t, more))


def _who(t: Texts, row: WasDown | MoreFiles | Reconnected) -> str:
    name = t.foreign(row.name, _NAME_LIMIT)
    return f"{row.id} {name}" if name and name != row.id else row.id


def _down(t: Texts, row: WasDown) -> Markup:
    key = "digest.down_still" if row.still else "digest.down_line"
    return t.say(key, who=_who(t, row), length=t.duration(timedelta(seconds=row.down_s)))


def _files(t: Texts, row: MoreFiles) -> Markup:
    if row.limit is not None and row.now > row.limit:
        params = {"now": t.number(row.now), "limit": t.number(row.limit)}
        return t.say("digest.files_too_many", who=_who(t, row), **params)
    before = t.number(row.before or 0)
    return t.say("digest.files_line", who=_who(t, row), now=t.number(row.now), before=before)


def _reconnected(t: Texts, row: Reconnected) -> Markup:
    params = {"n": t.number(row.count), "limit": t.number(row.limit)}
    return t.say("digest.reconnects_line", who=_who(t, row), **params)

"""The digest: how the day went, what is getting worse, which companies have no subscriber."""

from collections.abc import Iterable
from datetime import timedelta

from bot.domain.digest import Digest, MoreFiles, Reconnected, WasDown
from bot.texts import Markup, Texts
from handlers.render.screen import and_more, joined

_NAME_LIMIT = 28


def digest(t: Texts, told: Digest) -> Markup:
    """The digest as one text; on a day without trouble its first line is enough."""
    title = t.plural("system_notice.digest", told.total)
    if told.well:
        title = t.plural("digest.all_well", told.total)
    blocks = [
        title,
        _block(t, "digest.down", (_down(t, was_down) for was_down in told.down), told.more_down),
        _block(
            t, "digest.files", (_files(t, more_files) for more_files in told.files), told.more_files
        ),
        _block(
            t,
            "digest.reconnects",
            (_reconnected(t, reconnect) for reconnect in told.reconnects),
            told.more_reconnects,
        ),
        _block(
            t,
            "digest.unheard",
            (Markup(t.foreign(company)) for company in told.unheard),
            told.more_unheard,
        ),
    ]
    notes = []
    if told.resting:
        named = ", ".join(t.foreign(company_id) for company_id in told.resting)
        total = len(told.resting) + told.more_resting
        more = "…" if told.more_resting else ""
        notes.append(t.plural("digest.resting", total, named=f"{named}{more}"))
    if told.late_s:
        notes.append(t.say("digest.late", length=t.duration(timedelta(seconds=told.late_s))))
    if told.unseen_s:
        notes.append(t.say("digest.unseen", length=t.duration(timedelta(seconds=told.unseen_s))))
    if told.muted:
        notes.append(t.plural("digest.muted", told.muted))
    if notes:
        blocks.append(joined(*notes))
    return Markup("\n\n".join(block for block in blocks if block))


def _block(t: Texts, key: str, lines: Iterable[Markup], more: int) -> Markup:
    """A heading and its lines; nothing where there are none."""
    shown = list(lines)
    if not shown:
        return Markup("")
    return joined(t.say(key), *shown, *and_more(t, more))


def _who(t: Texts, one: WasDown | MoreFiles | Reconnected) -> str:
    name = t.foreign(one.name, _NAME_LIMIT)
    return f"{one.id} {name}" if name and name != one.id else one.id


def _down(t: Texts, one: WasDown) -> Markup:
    key = "digest.down_still" if one.still else "digest.down_line"
    return t.say(key, who=_who(t, one), length=t.duration(timedelta(seconds=one.down_s)))


def _files(t: Texts, one: MoreFiles) -> Markup:
    if one.limit is not None and one.now > one.limit:
        said = {"now": t.number(one.now), "limit": t.number(one.limit)}
        return t.say("digest.files_too_many", who=_who(t, one), **said)
    before = t.number(one.before or 0)
    return t.say("digest.files_line", who=_who(t, one), now=t.number(one.now), before=before)


def _reconnected(t: Texts, one: Reconnected) -> Markup:
    said = {"n": t.number(one.count), "limit": t.number(one.limit)}
    return t.say("digest.reconnects_line", who=_who(t, one), **said)

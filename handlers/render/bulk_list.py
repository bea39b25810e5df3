"""More companies than a phone can read: counts as a caption, every name in a file."""

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.courier import IncidentEntry, MessageKind, OutgoingMessage
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts, plain
from handlers import keyboards
from handlers.render import incidents
from handlers.render.screen import CAPTION_LIMIT, Screen, cut
from handlers.render.summary import over_line

_Groups = dict[tuple[str, str], list[IncidentEntry]]


def bulk_list(
    t: Texts, message: OutgoingMessage, now: datetime, *, with_file: bool = True
) -> Screen:
    """The caption with its file; an edit changes the caption, and the file stays as it was sent.

    Without it for chats that take no files: the counts alone.
    """
    groups = _alike(t, message.entries)
    still = [entry for entry in message.entries if entry.incident.open]
    lines: list[str] = [_title(t, message, len(still), now), ""]
    lines += [
        t.say("bulk_list.group", mark=mark, what=Markup(what), n=t.number(len(group)))
        for (mark, what), group in groups.items()
    ]
    lines += ["", t.say("bulk_list.file" if with_file else "bulk_list.no_file")]
    status = [keyboards.offer(t, Offer.STATUS, None)] if still else []
    caption = cut(t, lines, CAPTION_LIMIT)
    if not with_file:
        return Screen(caption, keyboards.keyboard([status]))
    sections = (_section(t, group, what, now) for (_, what), group in groups.items())
    return Screen(caption, keyboards.keyboard([status]), "\n\n".join(sections) + "\n")


def _title(t: Texts, message: OutgoingMessage, still: int, now: datetime) -> Markup:
    if message.kind is MessageKind.SUMMARY:
        since = min(entry.incident.began_at for entry in message.entries)
        return t.say("summary.title", moment=t.hour(since, now))
    if not still:
        return t.plural("alert.title.back", len(message.entries), mark=incidents.WELL)
    worst = max(
        message.entries, key=lambda entry: (entry.incident.open, entry.incident.severity.rank)
    )
    return t.plural("alert.title.mixed", still, mark=incidents.mark(worst.incident))


def _alike(t: Texts, entries: Sequence[IncidentEntry]) -> _Groups:
    groups: _Groups = {}
    for entry in entries:
        incident = entry.incident
        what = incidents.what_briefly(t, incident) if incident.open else t.say("alert.over")
        groups.setdefault((incidents.mark(incident), what), []).append(entry)
    return groups


def _section(t: Texts, group: Sequence[IncidentEntry], what: str, now: datetime) -> str:
    head = plain(t.say("bulk_list.section", what=Markup(what), n=t.number(len(group))))
    return "\n".join([head, *(plain(_line(t, entry, now)) for entry in group)])


def _line(t: Texts, entry: IncidentEntry, now: datetime) -> Markup:
    if not entry.incident.open:
        return over_line(t, entry, now)
    moment = t.moment(entry.incident.began_at, now=now)
    return t.say("bulk_list.line", who=incidents.who(t, entry), moment=moment)

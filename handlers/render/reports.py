"""A report on one screen of a phone: each target with its verdict, the worst said plainly."""

from collections.abc import Iterable
from datetime import timedelta

from bot.domain.company import Company
from bot.domain.report import (
    UPTIME_TARGET,
    Figures,
    Judgement,
    Kind,
    PictureWords,
    Reason,
    Report,
    Target,
    TargetVerdict,
)
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts, plain
from handlers import keyboards
from handlers.callbacks import ALL, ReportOf
from handlers.render import unsure
from handlers.render.screen import CAPTION_LIMIT, Screen, cut

PERIODS = (7, 30, 90)
USUAL = 30

_MARKS = {TargetVerdict.MET: "✅", TargetVerdict.MISSED: "🔴", TargetVerdict.OPEN: "⚪️"}
_NAMED = 3
_DAY = timedelta(days=1)


def report(t: Texts, made: Report, *, drawn: bool) -> Screen:
    """The card under the picture, or by itself where none could be drawn."""
    doubt = [] if made.unsure is None else [unsure.line(t, made.unsure, made.end)]
    lines = [_head(t, made), *doubt, "", *_uptime(t, made), *_reconnects(t, made)]
    lines += [*_recovery(t, made), *_files(t, made)]
    lines.append(t.say("report.incidents", n=t.number(made.total.incidents)))
    if any(judgement.reason is Reason.HARDLY_WATCHED for judgement in made.total.judgements):
        lines.append(t.say("report.hardly_watched"))
    if not drawn:
        lines += ["", t.say("report.no_picture")]
    return Screen(cut(t, lines, CAPTION_LIMIT), keyboards.keyboard(_buttons(t, made)))


def words(t: Texts, made: Report) -> PictureWords:
    """What the picture says."""
    period = t.plural("duration.days", made.days)
    several = made.company is None
    who = t.say("button.all") if made.company is None else _drawable(made.company)
    files = "report.picture.files_all" if several else "report.picture.files"
    reconnects = "report.picture.reconnects_all" if several else "report.picture.reconnects"
    return PictureWords(
        title=plain(t.say("report.picture.title", who=who, period=period)),
        strip=plain(t.say("report.picture.down" if several else "report.picture.strip")),
        kinds={kind: plain(t.say(f"report.kind.{kind}")) for kind in Kind},
        reconnects=plain(t.say(reconnects)),
        files=plain(t.say(files)),
        target=plain(t.say("report.picture.target")),
    )


def file_name(made: Report) -> str:
    """What the table is called where it is kept."""
    who = "all" if made.company is None else made.company.id
    return f"repair-{who}-{made.days}d-{made.end.date().isoformat()}.csv"


def _head(t: Texts, made: Report) -> Markup:
    period = t.plural("duration.days", made.days)
    if made.company is not None:
        return t.say("report.head", who=t.name(made.company), period=period)
    return t.plural("report.head_all", len(made.each), period=period)


def _uptime(t: Texts, made: Report) -> Iterable[Markup]:
    share = made.total.share
    if share.uptime is None:
        yield t.say("report.uptime_open", mark=_MARKS[TargetVerdict.OPEN])
    else:
        yield t.say(
            "report.uptime",
            mark=_mark(made.total, Target.UPTIME),
            uptime=t.percent(share.uptime),
            target=t.percent(UPTIME_TARGET),
        )
    yield from _missed(t, made, Target.UPTIME)
    for key, length in (
        ("report.down", share.down),
        ("report.muted", share.muted),
        ("report.resting", share.resting),
        ("report.unwatched", share.unwatched),
    ):
        if length:
            yield t.say(key, length=t.duration(length))
    outages, down = t.duration(made.total.outages), t.duration(share.down)
    if made.total.outages and outages != down:
        yield t.say("report.outages", length=outages)


def _reconnects(t: Texts, made: Report) -> Iterable[Markup]:
    total = made.total
    share = total.share
    counted = share.up + share.down + share.muted + share.resting + share.unwatched
    values = {
        "mark": _mark(total, Target.RECONNECTS),
        "mean": t.number(total.reconnects / (counted / _DAY) if counted else 0),
        "worst": t.number(total.reconnects_worst_day),
    }
    if total.reconnects_limit is None:
        yield t.say("report.reconnects_all", **values)
    else:
        yield t.say("report.reconnects", **values, limit=t.number(total.reconnects_limit))
    yield from _missed(t, made, Target.RECONNECTS)


def _recovery(t: Texts, made: Report) -> Iterable[Markup]:
    total = made.total
    mark, detect, recover = _mark(total, Target.RECOVERY), total.detect, total.recover
    if recover.median is not None and recover.worst is not None:
        median, worst = t.duration(recover.median), t.duration(recover.worst)
        yield t.say("report.recovery", mark=mark, median=median, worst=worst)
    elif recover.worst is None:
        yield t.say("report.no_outage", mark=mark)
    if total.lasting:
        longest = t.duration(max(total.lasting))
        yield t.say("report.lasting", mark=_MARKS[TargetVerdict.MISSED], longest=longest)
    if detect.median is not None and detect.worst is not None:
        median, worst = t.duration(detect.median), t.duration(detect.worst)
        yield t.say("report.detect", median=median, worst=worst)
    yield from _missed(t, made, Target.RECOVERY)


def _files(t: Texts, made: Report) -> Iterable[Markup]:
    files, judgement = made.total.files, made.total.judgement(Target.FILES)
    mark = _MARKS[judgement.verdict]
    if files.most is None:
        yield t.say("report.files_not_counted", mark=mark)
    elif made.company is None:
        yield t.say("report.files_all", mark=mark, most=t.number(files.most))
    else:
        now = files.most if files.now is None else files.now
        yield t.say("report.files", mark=mark, now=t.number(now), most=t.number(files.most))
        if files.baseline is not None:
            yield t.say("report.files_baseline", n=t.number(files.baseline))
        if files.limit is not None:
            yield t.say("report.files_limit", limit=t.number(files.limit))
    yield from _missed(t, made, Target.FILES)


def _missed(t: Texts, made: Report, target: Target) -> Iterable[Markup]:
    """Of all together: who missed it."""
    missed = made.missed(target) if made.company is None else []
    if missed:
        named = ", ".join(company.id for company in missed[:_NAMED])
        key = "report.missed_by" if len(missed) <= _NAMED else "report.missed_by_many"
        yield t.plural(key, len(missed), named=named)


def _mark(figures: Figures, target: Target) -> str:
    judgement: Judgement = figures.judgement(target)
    return _MARKS[judgement.verdict]


def _drawable(company: Company) -> str:
    """The id, with the name where the font of the picture can write it."""
    name = "".join(sign for sign in company.name[:200] if _has_glyph(sign)).strip()
    name = " ".join(name.split())
    if len(name) > 24:
        name = name[:24].rstrip() + "…"
    return f"{company.id} {name}" if name and name != company.id else company.id


def _has_glyph(character: str) -> bool:
    """Latin, Greek, Cyrillic and their punctuation: neither emoji nor what runs to the left."""
    return character.isprintable() and (
        character < "\u0530" or "\u2010" <= character <= "\u2027" or character in "€№™"
    )


def _buttons(t: Texts, made: Report) -> keyboards.Rows:
    who = ALL if made.company is None else made.company.id
    periods = [
        keyboards.button(t.plural("duration.days", n), ReportOf(company=who, days=n, how="card"))
        for n in PERIODS
        if n != made.days
    ]
    table = keyboards.button(
        t.say("report.button.table"), ReportOf(company=who, days=made.days, how="csv")
    )
    back = keyboards.offer(t, Offer.STATUS, None if made.company is None else made.company.id)
    return [periods, [table, back]]

"""What a digest tells. PURE: the figures of a day go in, what is worth reading comes out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from bot.domain.company import Company, CompanyId
from bot.domain.digest import Digest, MoreFiles, Reconnected, WasDown
from bot.domain.report import Figures

_EACH = 8  # more are counted: it is read on a phone
_GREW_BY = 25  # files in a day: less is how a healthy session breathes
_BRIEF = timedelta(minutes=1)  # a shorter break counts as a reconnect alone
_UNSEEN = timedelta(minutes=10)


def compose(
    all_figures: Iterable[Figures],
    *,
    files_before: Mapping[CompanyId, int],
    muted: Collection[CompanyId],
    resting: Collection[CompanyId] = (),
    linked: Collection[CompanyId],
    unheard: Sequence[Company],
) -> Digest:
    """The digest of these companies. `files_before` are the counts at the beginning of the day.

    `linked` are those that were ever connected: of the others there was nothing to be seen.
    """
    figures = [(figure.company, figure) for figure in all_figures if figure.company is not None]
    awake = [(company, row) for company, row in figures if company.id not in resting]
    asleep = [company.id for company, _ in figures if company.id in resting]
    loud = [(company, row) for company, row in awake if company.id not in muted]
    down = sorted(_down(loud), key=lambda was_down: (not was_down.still, -was_down.down_s))
    files = sorted(_files(loud, files_before), key=lambda row: (row.before or 0) - row.now)
    reconnects = sorted(_reconnects(loud), key=lambda reconnect: -reconnect.count)
    unwatched = [row.share.unwatched for company, row in loud if company.id in linked]
    unseen = max(unwatched, default=timedelta())
    return Digest(
        total=len(loud),
        muted=len(awake) - len(loud),
        resting=tuple(asleep[:_EACH]),
        more_resting=len(asleep[_EACH:]),
        unseen_s=unseen.total_seconds() if unseen >= _UNSEEN else 0,
        down=tuple(down[:_EACH]),
        more_down=len(down[_EACH:]),
        files=tuple(files[:_EACH]),
        more_files=len(files[_EACH:]),
        reconnects=tuple(reconnects[:_EACH]),
        more_reconnects=len(reconnects[_EACH:]),
        unheard=tuple(company.id for company in unheard[:_EACH]),
        more_unheard=len(unheard[_EACH:]),
    )


def _down(figures: Iterable[tuple[Company, Figures]]) -> list[WasDown]:
    return [
        WasDown(
            id=company.id,
            name=company.name,
            down_s=max((*own.lasting, own.share.down)).total_seconds(),
            still=bool(own.lasting),
        )
        for company, own in figures
        if own.share.down >= _BRIEF or own.lasting
    ]


def _files(
    figures: Iterable[tuple[Company, Figures]], before: Mapping[CompanyId, int]
) -> list[MoreFiles]:
    found = []
    for company, own in figures:
        now, was, limit = own.files.now, before.get(company.id), own.files.limit
        if now is None:
            continue
        too_many = limit is not None and now > limit
        if too_many or (was is not None and now - was >= _GREW_BY):
            found.append(
                MoreFiles(id=company.id, name=company.name, before=was, now=now, limit=limit)
            )
    return found


def _reconnects(figures: Iterable[tuple[Company, Figures]]) -> list[Reconnected]:
    """Those on more than half of the way to what is too often."""
    return [
        Reconnected(
            id=company.id, name=company.name, count=own.reconnects, limit=own.reconnects_limit
        )
        for company, own in figures
        if own.reconnects_limit is not None and own.reconnects * 2 > own.reconnects_limit
    ]

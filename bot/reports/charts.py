"""Draws one picture: an order as JSON comes in by the standard input, a PNG leaves by the output.

Run as a child process by `bot.reports.chart_process`. The only owner of matplotlib.
"""

import io
import json
import sys
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

# A dark card of its own reads well in dark and in light chats; a phone shows it 3 times smaller.
_BACK, _INK, _FAINT = "#1c2530", "#f2f5f8", "#5b6b7c"
_COLOURS = {
    "up": "#3fb968",
    "down": "#ff5a4f",
    "muted": "#a98bff",
    "resting": "#5aa9e6",
    "unwatched": "#76879a",
}
_BARS, _LINE, _LIMIT = "#4aa8ff", "#4aa8ff", "#ffc247"
_SIZE_IN, _DPI = (10.8, 11.4), 100
_LEAST_PX = 5  # an outage of a minute in 90 days must be seen, not lost between two pixels
_FONT = 27


def main() -> None:
    """Read, draw, write."""
    sys.stdout.buffer.write(draw(json.load(sys.stdin)))


def draw(order: dict[str, Any]) -> bytes:
    """The picture that an order of `bot.reports.chart_process` describes."""
    # DejaVu comes with matplotlib and knows Cyrillic; a `$` in a name is no formula.
    mpl.rcParams.update(
        {"font.family": "DejaVu Sans", "font.size": _FONT, "text.parse_math": False}
    )
    heights = [1.5 if order["strip"] else 3, 3] + ([3] if order["files"] else [])
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI, facecolor=_BACK)
    figure.set_layout_engine("constrained", w_pad=0.25, h_pad=0.15)
    axes = figure.subplots(len(heights), 1, height_ratios=heights)
    figure.suptitle(order["title"], color=_INK, fontweight="bold", fontsize=_FONT + 5)
    strip, reconnects, *files = axes
    if order["strip"]:
        _strip(strip, order)
    else:
        _bars(strip, order, order["down"], None, _COLOURS["down"])
        _head(strip, order["strip_title"])
    _bars(reconnects, order, order["reconnects"], order["reconnects_limit"], _BARS)
    _head(reconnects, order["reconnects_title"])
    if files:
        _files(files[0], order)
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=_BACK)
    return out.getvalue()


def _strip(axes: Axes, order: dict[str, Any]) -> None:
    """The window as one band, with what is short made wide enough to be seen, and drawn last."""
    begin, end = order["begin"], order["end"]
    least = (end - begin) * _LEAST_PX / (_SIZE_IN[0] * _DPI)
    order_of = ("unwatched", "up", "resting", "muted", "down")
    for kind, since, until in sorted(order["strip"], key=lambda bar: order_of.index(bar[0])):
        width = until - since if kind in ("up", "unwatched") else max(until - since, least)
        axes.broken_barh([(since, width)], (0, 1), facecolors=_COLOURS[kind], linewidth=0)
    axes.set_xlim(begin, end)
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    _plain(axes)
    _head(axes, order["strip_title"])
    days = order["days"]
    span = end - begin
    # The first and the last day are parts of one; in between, evenly is exact enough for a label.
    marks = _marks(len(days))
    axes.set_xticks([begin + span * (n + 0.5) / len(days) for n in marks], [days[n] for n in marks])
    shown = {kind for kind, _, _ in order["strip"]}
    patches = [
        Patch(color=_COLOURS[kind], label=word)
        for kind, word in order["kinds"].items()
        if kind in shown
    ]
    axes.legend(
        handles=patches, loc="upper center", bbox_to_anchor=(0.5, -0.32), ncols=2, frameon=False,
        labelcolor=_INK, fontsize=_FONT - 3, handlelength=1, columnspacing=1.2,
    )  # fmt: skip


def _bars(
    axes: Axes, order: dict[str, Any], values: list[int], limit: int | None, colour: str
) -> None:
    axes.bar(range(len(values)), values, color=colour, width=0.8)
    axes.set_ylim(0, max([*values, 1, limit * 1.2 if limit else 0]) * 1.1)
    if limit is not None:
        _limit(axes, order, limit)
    _days(axes, order)


def _files(axes: Axes, order: dict[str, Any]) -> None:
    known = [(n, value) for n, value in enumerate(order["files"]) if value is not None]
    xs, ys = [n for n, _ in known], [value for _, value in known]
    axes.plot(xs, ys, color=_LINE, linewidth=4, drawstyle="steps-mid", marker="o", markersize=6)
    limit = order["files_limit"]
    axes.set_ylim(0, max([*ys, limit or 0]) * 1.2)
    if limit is not None:
        _limit(axes, order, limit)
    _days(axes, order)
    _head(axes, order["files_title"])


def _limit(axes: Axes, order: dict[str, Any], limit: int) -> None:
    axes.axhline(limit, color=_LIMIT, linewidth=3, linestyle=(0, (4, 2)))
    axes.annotate(
        f"{order['target_word']} {limit}", (1, limit), xycoords=("axes fraction", "data"),
        xytext=(-6, 5), textcoords="offset points", ha="right", va="bottom",
        color=_LIMIT, fontsize=_FONT - 4,
    )  # fmt: skip


def _days(axes: Axes, order: dict[str, Any]) -> None:
    days = order["days"]
    marks = _marks(len(days))
    axes.set_xlim(-0.6, len(days) - 0.4)
    axes.set_xticks(marks, [days[n] for n in marks])
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y", color=_FAINT, linewidth=0.8, alpha=0.6)
    axes.set_axisbelow(True)
    _plain(axes)


def _marks(days: int) -> list[int]:
    """Which days are named: about four of them."""
    step = max(1, round(days / 4))
    return list(range(step // 2, days, step))


def _head(axes: Axes, words: str) -> None:
    axes.set_title(words, color=_INK, loc="left", fontsize=_FONT, pad=10)


def _plain(axes: Axes) -> None:
    axes.set_facecolor(_BACK)
    axes.tick_params(colors=_INK, length=0, labelsize=_FONT - 3)
    for side in axes.spines.values():
        side.set_visible(False)


if __name__ == "__main__":
    main()

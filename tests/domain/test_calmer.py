"""What speaks against a restart since it was asked about: one sentence per row."""

from dataclasses import replace

import pytest

from bot.domain.gateway_restart import Calmer, GatewayStanding, RestartNews, calmer

WELL = GatewayStanding(silent=False, companies=50, connected=50)
LOST = replace(WELL, connected=0)
SILENT = replace(WELL, silent=True)
LAST = RestartNews(what=Calmer.RESTARTED, name="Anna")

ROWS = [
    ("nothing has changed", LOST, LOST, []),
    ("it was well, and is", WELL, WELL, []),
    ("it was silent, and is", SILENT, SILENT, []),
    ("it was not looked at before: nobody is back", replace(LOST, looked=False), WELL, []),
    (
        "it was not looked at, now either",
        replace(LOST, looked=False),
        replace(LOST, looked=False),
        [],
    ),
    ("it answers again", SILENT, WELL, ["answers"]),
    ("it answers again, and all are lost", SILENT, LOST, ["answers"]),
    ("all are back", LOST, WELL, ["back"]),
    ("one of fifty is back", LOST, replace(LOST, connected=1), ["back"]),
    ("one more is lost", WELL, replace(WELL, connected=49), []),
    ("all are lost now", WELL, LOST, []),
    ("it has gone silent: no better", LOST, SILENT, []),
    ("a new company is connected, the lost are not", LOST, replace(LOST, companies=51), []),
    (
        "one more company, which works: nobody is back",
        LOST,
        replace(LOST, companies=51, connected=1),
        [],
    ),
    (
        "fewer are away because they are watched no more",
        LOST,
        replace(LOST, companies=20),
        [],
    ),
    ("somebody has restarted it", LOST, replace(LOST, restarted=7), ["restarted"]),
    (
        "somebody has restarted it, and all are back",
        LOST,
        replace(WELL, restarted=7),
        ["restarted", "back"],
    ),
    ("a code is on show now", LOST, replace(LOST, in_hand=("a",)), ["in_hand"]),
    (
        "the code of before still is",
        replace(LOST, in_hand=("a",)),
        replace(LOST, in_hand=("a",)),
        [],
    ),
    ("that code is over", replace(LOST, in_hand=("a",)), LOST, []),
    (
        "another one is on show",
        replace(LOST, in_hand=("a",)),
        replace(LOST, in_hand=("a", "b")),
        ["in_hand"],
    ),
    (
        "it is silent, and somebody is repairing",
        SILENT,
        replace(SILENT, in_hand=("a",)),
        ["in_hand"],
    ),
]


@pytest.mark.parametrize(("why", "then", "now", "news"), ROWS, ids=[row[0] for row in ROWS])
def test_what_is_better(why, then, now, news):
    assert [one.what for one in calmer(then, now, LAST)] == news, why


def test_how_many_are_back_and_whom_it_would_cut_off_is_named():
    now = replace(LOST, connected=12, in_hand=("a", "b"))
    back, in_hand = calmer(replace(LOST, in_hand=("a",)), now, None)
    assert (back.count, in_hand.names) == (12, ("b",))


@pytest.mark.parametrize("standing", [WELL, SILENT, replace(LOST, restarted=3, in_hand=("a", "b"))])
def test_it_is_read_as_it_was_written(standing):
    assert GatewayStanding.read(standing.written()) == standing

"""What is better since a question was asked, and what speaks against an act: every combination."""

from dataclasses import replace
from itertools import product

import pytest
from doubles import START

from bot.domain.access import BOT_ITSELF, UserId
from bot.domain.procedure import ProcedureKind, ProcedureOutcome
from bot.domain.standing import (
    Better,
    Doing,
    Improvement,
    Standing,
    StandingSight,
    improvements,
    objections,
)

ANNA, BORIS = UserId(1), UserId(2)
THEN = Standing(gateway="one", connected=False)
PAIRED = Improvement(what=Better.PAIRED, by=ANNA)
KINDS, OUTCOMES = list(ProcedureKind), list(ProcedureOutcome)
SWAPS = {"reset", "restore", "mend"}
CHANGED = {"done", "half_done", "unclear"}


def code(by):
    return Improvement(what=Better.ON_SHOW, at=START, by=by, name="somebody")


def doing(kind, outcome, by=ANNA):
    return Doing(kind=kind, by=by, name="somebody", at=START, outcome=outcome)


def told(then, now, asked=BORIS, **more):
    """What Boris is told is better."""
    return [
        str(improvement.what)
        for improvement in improvements(then, StandingSight(standing=now, **more), asked)
    ]


CONNECTED = {
    (False, True): ["connected"],
    (None, True): ["connected"],
    (True, None): ["unseen"],
    (False, None): ["unseen"],
}


@pytest.mark.parametrize(("then", "now"), list(product((True, False, None), repeat=2)))
def test_whether_it_works(then, now):
    stood, stands = replace(THEN, connected=then), replace(THEN, connected=now)
    assert told(stood, stands) == CONNECTED.get((then, now), [])


@pytest.mark.parametrize(("kind", "outcome"), list(product(KINDS, OUTCOMES)))
def test_what_somebody_has_done(kind, outcome):
    expected = ["done"] if kind in SWAPS and outcome in CHANGED else []
    for by in (ANNA, BORIS, BOT_ITSELF):
        assert told(THEN, THEN, done=(doing(kind, outcome, by),)) == expected


LIVE = [
    # by whom it was, whether it was taken; by whom it is, whether it is taken; what is told
    *((was, taken, None, False, []) for was in (None, ANNA, BORIS) for taken in (False, True)),
    (None, False, ANNA, False, ["on_show"]),
    (None, False, ANNA, True, ["scanned"]),
    (None, False, BORIS, False, []),
    (None, False, BORIS, True, ["scanned"]),
    (ANNA, False, ANNA, False, []),
    (ANNA, False, ANNA, True, ["scanned"]),
    (ANNA, True, ANNA, True, []),
    (BORIS, False, BORIS, False, []),
    (BORIS, False, BORIS, True, ["scanned"]),
    (BORIS, True, BORIS, True, []),
    (BORIS, False, ANNA, False, ["on_show"]),
    (BORIS, True, ANNA, False, ["on_show"]),
    (BORIS, True, ANNA, True, ["scanned"]),
    (ANNA, False, BORIS, False, []),
    (ANNA, True, BORIS, True, ["scanned"]),
]
NUMBERS = {None: 0, ANNA: 7, BORIS: 8}


@pytest.mark.parametrize(("was", "was_taken", "now", "taken", "news"), LIVE)
def test_whose_code_is_on_show(was, was_taken, now, taken, news):
    stood = replace(THEN, live=NUMBERS[was], scanned=was_taken)
    stands = replace(THEN, live=NUMBERS[now], scanned=taken)
    assert told(stood, stands, live=None if now is None else code(now)) == news


def test_another_code_of_the_same_person_that_was_taken_is_news():
    stood, stands = replace(THEN, live=7, scanned=True), replace(THEN, live=9, scanned=True)
    assert told(stood, stands, live=code(ANNA)) == ["scanned"]


KEYS = {("a", "b"): True, (None, "b"): True, ("a", None): False, ("a", "a"): False}


@pytest.mark.parametrize(("then", "now"), [*KEYS, (None, None)])
def test_which_keys_lie_there(then, now):
    news = told(replace(THEN, keys=then), replace(THEN, keys=now))
    assert news == (["other_keys"] if KEYS.get((then, now)) else [])


@pytest.mark.parametrize(
    ("then", "now", "news"),
    [("1", "2", ["other_keys"]), ("1", "1", []), (None, "2", []), ("1", None, [])],
)
def test_which_number_is_linked(then, now, news):
    assert told(replace(THEN, phone=then), replace(THEN, phone=now)) == news


@pytest.mark.parametrize(
    ("then", "now", "news"),
    [("a", "b", ["other_kept"]), ("a", None, ["other_kept"]), ("a", "a", []), (None, "a", [])],
)
def test_which_keys_would_be_brought_back(then, now, news):
    assert told(replace(THEN, kept=then), replace(THEN, kept=now)) == news


def test_a_pairing_that_ended_well_is_news_once():
    assert told(THEN, replace(THEN, paired=3), paired=PAIRED) == ["paired"]
    assert told(replace(THEN, paired=3), replace(THEN, paired=3), paired=PAIRED) == []


def test_another_gateway_is_news():
    assert told(THEN, replace(THEN, gateway="two")) == ["moved"]


def test_other_keys_are_worth_a_word_only_where_nothing_explains_them():
    now = replace(THEN, keys="b", connected=True)
    assert told(THEN, now) == ["connected"]
    reset = (doing(ProcedureKind.RESET, ProcedureOutcome.DONE),)
    assert told(THEN, replace(THEN, keys="b"), done=reset) == ["done"]


# Each change alone, and all of them together in every combination: none hides another.
CHANGES = {
    "moved": ({"gateway": "two"}, {}),
    "done": ({}, {"done": (doing(ProcedureKind.RESET, ProcedureOutcome.DONE),)}),
    "paired": ({"paired": 3}, {"paired": PAIRED}),
    "on_show": ({"live": 7}, {"live": code(ANNA)}),
    "connected": ({"connected": True}, {}),
    "other_kept": ({"kept": "b"}, {}),
}


@pytest.mark.parametrize("wanted", list(product((False, True), repeat=len(CHANGES))))
def test_no_improvement_hides_another(wanted):
    then, now, seen, news = replace(THEN, kept="a"), replace(THEN, kept="a"), {}, []
    for is_wanted, (name, (change, sight)) in zip(wanted, CHANGES.items(), strict=True):
        if is_wanted:
            now, seen = replace(now, **change), seen | sight
            news.append(name)
    assert told(then, now, **seen) == news


@pytest.mark.parametrize("standing", [THEN, replace(THEN, live=7, keys="a", kept="b", phone="1")])
def test_it_is_read_as_it_was_written(standing):
    assert Standing.read(standing.written()) == standing


# Acts by one press.

OUTDATES = {
    "mend": SWAPS,
    "revive": SWAPS | {"revive", "reconnect"},
}


def against(kind, **seen):
    sight = StandingSight(standing=seen.pop("standing", THEN), **seen)
    return [str(objection.what) for objection in objections(kind, sight, BORIS)]


@pytest.mark.parametrize(("kind", "done", "outcome"), list(product(KINDS, KINDS, OUTCOMES)))
def test_what_was_done_since_the_button_was_shown(kind, done, outcome):
    speaks = done in OUTDATES.get(kind, ()) and outcome in CHANGED
    assert against(kind, done=(doing(done, outcome),)) == (["done"] if speaks else [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_pairing_since_the_button_was_shown(kind):
    assert against(kind, paired=PAIRED) == (["paired"] if kind in OUTDATES else [])


@pytest.mark.parametrize(("kind", "by", "taken"), list(product(KINDS, (ANNA, BORIS), (0, 1))))
def test_a_code_on_show_is_left_alone_by_every_act(kind, by, taken):
    standing = replace(THEN, live=7, scanned=bool(taken))
    news = ["scanned"] if taken else ["on_show"] if by == ANNA else []
    assert against(kind, standing=standing, live=code(by)) == news


@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_has_happened_nothing_speaks_against_it(kind):
    assert against(kind) == []

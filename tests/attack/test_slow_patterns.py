"""No pattern of the program is slow on any text: found by a generator, not by hand."""

import re

import pytest
from patterns import SIZE, Found, ambiguous, every_pattern, slowest

LIMIT_S = 0.05
PATTERNS, DYNAMIC = every_pattern()
# As 1.0.0 had it: one message of 65 kB held the program for seconds.
PASSKEY = re.compile(
    r"passkey\W{0,3}(?:\w+\W{1,3}){0,2}(?:requir|verif|demand|challenge|confirm|need)"
    r"|(?:requir|demand|need|want)\w*\W{1,3}(?:\w+\W{1,3}){0,2}passkey",
    re.IGNORECASE,
)
# Made at run time: of the rules that stand beside it, of escaped words, of callers' patterns.
MADE_OF = {"bot.domain.redaction", "bot.logs", "bot.settings.values"}
# Linear, with many branches at each character: slower by a factor that no text can raise.
MANY_BRANCHES = ("bot.domain.redaction.", "bot.logs.", "bot.sandbox.telegram.entities.")
# Their endless repeats share a character, and nothing that may fail comes after the second.
NEVER_FAILS = ("bot.domain.redaction.",)


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_every_pattern_is_quick_on_the_worst_text_for_it(found, whole):
    limit_s = LIMIT_S * (8 if found.place.startswith(MANY_BRANCHES) else 1)
    took_s, text = slowest(found, limit_s, SIZE if whole else SIZE // 16)
    assert took_s <= limit_s, text


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_no_pattern_nests_endless_repeats_or_puts_them_side_by_side(found):
    reasons = ambiguous(found.pattern)
    assert reasons == [] or found.place.startswith(NEVER_FAILS)


def test_the_patterns_of_all_rooms_are_found():
    rooms = {found.place.partition(".")[0] for found in PATTERNS}
    assert {"bot", "handlers"} <= rooms
    assert len(PATTERNS) > 50
    assert {place.partition(":")[0] for place in DYNAMIC} == MADE_OF


@pytest.mark.parametrize(
    "pattern",
    [
        PASSKEY,
        re.compile(r"(a+)+b"),
        re.compile(r"\s+(?=x)"),
        re.compile(r"<[^>]*>"),
        re.compile(r"\w*\d*!"),
        re.compile(r"(?:a|aa)+b"),
    ],
    ids=lambda pattern: pattern.pattern[:20],
)
def test_the_generator_finds_what_is_slow(pattern):
    took_s, _ = slowest(Found("a sample", pattern, ("search",)), LIMIT_S, SIZE // 4)
    assert took_s > LIMIT_S


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"\w*\d*!", r"\s+.+x", r"(?:\w+\W*)*x"])
def test_the_structure_tells_what_is_ambiguous(pattern):
    assert ambiguous(re.compile(pattern, re.DOTALL))


@pytest.mark.parametrize("pattern", [r"\s*[-]\s*", r"[a-z]+:\d+", r"a{1,5}a{1,5}", r"x*(?:y|z)w*"])
def test_the_structure_of_the_others_is_not(pattern):
    assert ambiguous(re.compile(pattern)) == []

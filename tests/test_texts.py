"""The sentences: complete in both languages, escaped, and grammatical."""

import ast
import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access import Right, Role
from bot.domain.checklist import ListEnding, ListStep
from bot.domain.company import Company, CompanyId, GatewayName, WhyAbsent
from bot.domain.company_field import CompanyField
from bot.domain.config_file import ConfigFault, Expected
from bot.domain.files import CredsState, FileKind, KeptKind
from bot.domain.gateway_restart import RestartOutcome, RestartStep
from bot.domain.gateway_view import Lack
from bot.domain.hindrance import Hindrance
from bot.domain.log_pattern import LogPattern
from bot.domain.observation import DetectedBy
from bot.domain.pairing import Ending, Means, PairingPlace, ShownAt
from bot.domain.probe import ProbeOutcome
from bot.domain.procedure import ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.report import Kind, TargetVerdict
from bot.domain.session import Cause, State
from bot.domain.standing import Better
from bot.domain.system_notice import SystemNoticeKind
from bot.domain.telegram_trouble import TelegramTrouble
from bot.domain.trouble import TROUBLES, Offer, Severity, Symptom, Trouble
from bot.recovery.throttle import Limit
from bot.sandbox.telegram.html import read_html
from bot.texts import LANGUAGES, Catalogs, Markup, UnknownKey, plain, shortened
from handlers.own_words import NotOwn
from handlers.render.acts import Act, Result
from handlers.render.auto_actions import ActionText
from handlers.render.company_choice import ChoicePurpose
from handlers.render.incidents import Nuance, plainly
from handlers.render.menu import MenuCommand, Part
from handlers.render.timeline import PlainMoment

ROOT = Path(__file__).parents[1]
RU, EN = Catalogs().speaking("ru"), Catalogs().speaking("en")

# What sentences about incidents are put together of: how each trouble can look, and the nuances.
WORDINGS = {
    *(plainly(trouble, look) for trouble, facts in TROUBLES.items() for look in facts.looks),
    Symptom.FLAPPING,
    *Nuance,
}

# Keys that are put together at run time: `{}` stands for each member of the enum.
PUT_TOGETHER = {
    "telegram_down.told.{}": list(TelegramTrouble),
    "offer.{}": Offer,
    "hindrance.{}": Hindrance,
    "better.{}": Better,
    "state.{}": State,
    "state_briefly.{}": State,
    "cause.{}": Cause,
    "incident.what.{}": WORDINGS,
    "incident.brief.{}": WORDINGS,
    "incident.todo.{}": WORDINGS,
    "auto.{}": ActionText,
    "over.{}": Trouble,
    "file_kind.{}": FileKind,
    "log_pattern.{}": LogPattern,
    "creds.{}": CredsState,
    "report.kind.{}": Kind,
    "progress.{}": ProcedureKind,
    "step.{}": ProcedureStep,
    "procedure.{}": ProcedureOutcome,
    "kept.kind.{}": KeptKind,
    "qr.ended.{}": Ending,
    "code.ended.{}": Ending,
    "code.wait.{}": Limit,
    "place.now.{}": PairingPlace,
    "place.button.{}": PairingPlace,
    "place.means.{}": Means,
    "reset.done.{}": ShownAt,
    "question.needs_reset.{}": Means,
    "command.{}": MenuCommand,
    "help.part.{}": Part,
    "choose.{}": ChoicePurpose,
    "severity.{}": Severity,
    "severity_button.{}": Severity,
    "role.{}": Role,
    "right.{}": Right,
    "not_own.{}": NotOwn,
    "restart.step.{}": RestartStep,
    "probe.ended.{}": ProbeOutcome,
    "checklist.step.{}": ListStep,
    "checklist.ended.{}": ListEnding,
    "restart.ended.{}": RestartOutcome,
    "config.fault.{}": ConfigFault,
    "company.line.{}": CompanyField,
    "gateways.lack.{}": Lack,
    "company.absence.{}": WhyAbsent,
    "config.expected.{}": Expected,
    "system_notice.{}": SystemNoticeKind,
    "act.{}": Act,
    "result.{}": Result,
    "timeline.opened.{}": DetectedBy,
    "timeline.shown.{}": Means,
    "timeline.taken.{}": Means,
    "timeline.moment.{}": PlainMoment,
    "postmortem.found.{}": DetectedBy,
    "verdict.{}": TargetVerdict,
}
# Built in a table's default, not in the call itself.
FALLING_BACK = {"procedure.{}"}


@cache
def catalogue(language):
    text = (ROOT / "bot" / "texts" / "locales" / f"{language}.po").read_bytes()
    found = read_po(text.decode().splitlines(keepends=True), locale=language, abort_invalid=True)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else message.string
        )
        for message in found
        if message.id
    }


@cache
def code():
    paths = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]
    return [ast.parse(path.read_text()) for path in paths if "sandbox" not in path.parts]


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def template(node):
    """`qr.ended.{}` for the f-string that builds such a key."""
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)


def keys_in(node):
    """The keys that an argument may turn out to be: literals, and templates of f-strings."""
    if isinstance(node, ast.IfExp):
        return keys_in(node.body) | keys_in(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return {template(node)}
    return {node.value} if isinstance(node, ast.Constant) else set()


def asked_for():
    """What say(…) and plural(…) are asked for."""
    calls = (node for tree in code() for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        key
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("say", "plural")
        for argument in call.args[:1]
        for key in keys_in(argument)
    }


def literals():
    return {
        node.value
        for tree in code()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def put_together():
    return {
        pattern.format(member) for pattern, members in PUT_TOGETHER.items() for member in members
    }


def test_both_languages_have_the_same_keys():
    assert set(catalogue("ru")) == set(catalogue("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language):
    assert [key for key, forms in catalogue(language).items() if not all(forms)] == []


def test_every_form_of_a_sentence_holds_the_same_values():
    forms = {key: [*catalogue("ru")[key], *catalogue("en")[key]] for key in catalogue("en")}
    differ = [
        key for key, every in forms.items() if len({frozenset(placeholders(f)) for f in every}) > 1
    ]
    assert differ == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_there_twice(language):
    text = (ROOT / "bot" / "texts" / "locales" / f"{language}.po").read_text()
    keys = Counter(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))
    assert [key for key, times in keys.items() if times > 1] == []


def test_every_key_the_code_asks_for_exists():
    assert asked_for() - set(PUT_TOGETHER) - set(catalogue("en")) == set()


def test_every_key_in_a_table_of_the_code_exists():
    rooms = {key.split(".")[0] for key in catalogue("en") if "." in key}
    looks_like_one = re.compile(rf"(?:{'|'.join(rooms)})(?:\.[a-z_]+)+")
    found = {literal for literal in literals() if looks_like_one.fullmatch(literal)}
    found -= {
        one for one in found if one.endswith((".json", ".log", ".png", ".txt"))
    }  # names of files
    assert found - set(catalogue("en")) == set()


def test_every_key_put_together_is_known_with_its_enum():
    assert {key for key in asked_for() if "{}" in key} == set(PUT_TOGETHER) - FALLING_BACK


def test_every_member_of_those_enums_has_its_sentence():
    assert put_together() - set(catalogue("en")) == set()


def test_no_sentence_is_unused():
    assert set(catalogue("en")) - literals() - put_together() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_html_that_telegram_takes(language):
    for forms in catalogue(language).values():
        for form in forms:
            read_html(form.format_map(dict.fromkeys(placeholders(form), "x")))


def test_an_unknown_key_is_loud():
    with pytest.raises(UnknownKey):
        RU.say("no.such.key")
    with pytest.raises(UnknownKey):
        RU.plural("no.such.key", 2)


def test_a_missing_value_is_loud():
    with pytest.raises(KeyError):
        RU.say("error.unknown_company")


def test_a_value_is_escaped():
    assert "&lt;b&gt;&amp;" in RU.say("error.unknown_company", company="<b>&")


def test_markup_is_not_escaped_twice():
    assert "<i>x</i>" in RU.say("error.unknown_company", company=Markup("<i>x</i>"))


def test_a_value_cannot_ask_for_other_values():
    assert "{company.__class__}" in RU.say("error.unknown_company", company="{company.__class__}")


@pytest.mark.parametrize(
    ("n", "form"),
    [
        (1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (12, "12 дней"),
        (21, "21 день"), (22, "22 дня"), (111, "111 дней"), (0, "0 дней"),
    ],
)  # fmt: skip
def test_russian_counts_in_its_three_forms(n, form):
    assert RU.plural("duration.days", n) == form


def test_english_counts_in_its_two():
    assert [EN.plural("duration.days", n) for n in (0, 1, 2, 21)] == [
        "0 days", "1 day", "2 days", "21 days",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "ru", "en"),
    [
        (0, "меньше секунды", "less than a second"),
        (0.4, "меньше секунды", "less than a second"),
        (-5, "меньше секунды", "less than a second"),
        (1, "1 с", "1 s"),
        (59.6, "1 мин", "1 min"),
        (100, "1 мин 40 с", "1 min 40 s"),
        (3600, "1 ч", "1 h"),
        (3605, "1 ч", "1 h"),
        (9360, "2 ч 36 мин", "2 h 36 min"),
        (97200, "1 день 3 ч", "1 day 3 h"),
        (172860, "2 дня", "2 days"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds, ru, en):
    length = timedelta(seconds=seconds)
    assert (RU.duration(length), EN.duration(length)) == (ru, en)


def test_a_moment_is_left_to_the_readers_client():
    at = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
    shown = read_html(RU.moment(at, now=at))
    assert shown.plain == "15:05 UTC"
    assert shown.entities[0]["unix_time"] == int(at.timestamp())
    assert shown.entities[0]["date_time_format"] == "r"


def test_a_moment_of_another_day_names_the_day():
    at = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
    later = at + timedelta(days=1)
    assert plain(EN.moment(at, now=later)) == plain(EN.moment(at)) == "Sep 18, 15:05 UTC"
    assert plain(RU.moment(at)) == "18 сент., 15:05 UTC"


def test_a_moment_to_count_from_is_told_by_the_readers_clock():
    at = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
    near, far = (RU.hour(at, at + timedelta(hours=hours)) for hours in (5, 13))
    assert [read_html(one).entities[0]["date_time_format"] for one in (near, far)] == ["t", "f"]


def test_a_zone_is_named_after_its_city():
    zone = ZoneInfo("Asia/Yekaterinburg")
    assert (RU.city(zone), EN.city(zone)) == ("Екатеринбург", "Yekaterinburg")


def test_what_is_cut_keeps_a_name_from_right_to_left_apart():
    assert shortened("да", 2) == "да"
    assert shortened("\u2068سالون\u2069 снова", 5) == "\u2068سالو…\u2069"


def test_a_moment_of_another_zone_is_shown_in_utc():
    at = datetime(2025, 9, 18, 18, 5, tzinfo=timezone(timedelta(hours=3)))
    assert plain(RU.moment(at, now=at)) == "15:05 UTC"


def test_numbers_are_written_as_the_language_writes_them():
    assert (RU.number(1234.56), EN.number(1234.56)) == ("1\u00a0234,6", "1,234.6")


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 Б"), (1023, "1\u00a0023 Б"), (2048, "2 КБ"), (1_300_000, "1,2 МБ")]
)
def test_sizes_are_told_in_words(size, shown):
    assert RU.size(size) == shown


def test_a_language_nobody_speaks_here_is_answered_in_english():
    assert Catalogs().speaking("de").language == "en"


def company(name):
    return Company(
        id=CompanyId("962302"), gateway=GatewayName("g"), session_key="962302", name=name
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Салон", "962302 Салон"),
        ("", "962302"),
        ("962302", "962302"),
        ("\u200b\u202e\n ", "962302"),
        ("два\nряда\tтут", "962302 два ряда тут"),
        ("\u202eнолас", "962302 нолас"),
        ("salon\u2069\u2066", "962302 salon"),
        ("سالون", "962302 \u200e\u2068سالون\u2069"),
        ("half\ud83d", "962302 half"),
        ("👨\u200d👩\u200d👧 семья", "962302 👨\u200d👩\u200d👧 семья"),
        ("щ" * 41, "962302 " + "щ" * 40 + "…"),
    ],
)
def test_a_name_is_one_harmless_line(name, shown):
    assert RU.label(company(name)) == shown


def test_a_name_is_escaped_where_html_is_read():
    assert RU.name(company("<b>&")) == "962302 &lt;b&gt;&amp;"
    assert RU.label(company("<b>&")) == "962302 <b>&"


@given(st.text(st.characters(), max_size=80))
def test_no_name_disturbs_what_stands_around_it(name):
    shown = read_html(f"<b>{RU.name(company(name))}</b>!")
    assert len(shown.plain) <= len("962302 \u200e\u2068…\u2069!") + 40
    assert shown.plain.endswith("!")
    assert "\n" not in shown.plain
    assert shown.plain.count("\u2068") == shown.plain.count("\u2069")
    shown.plain.encode()


# Said of a good copy that is kept.
SEEN_TO_BE_SO = {"incident.todo.creds_damaged"}


@pytest.mark.parametrize(
    ("language", "promise"),
    [
        ("en", re.compile("(is|are|be|were) set aside|keys (are|stay) safe")),
        ("ru", re.compile("ключи (отложены|целы|бот отложит)", re.IGNORECASE)),
    ],
)
@pytest.mark.parametrize("part", ["auto.", "incident.", "revive.", "reconnect.", "untouched."])
def test_no_sentence_promises_of_keys_what_nobody_has_looked_at(language, promise, part):
    """An instance may be deleted, and files be out of reach: only counted ones are set aside."""
    found = {key: " ".join(said) for key, said in catalogue(language).items()}
    told = {key: said for key, said in found.items() if key.startswith(part)}
    assert told
    assert {key for key, said in told.items() if promise.search(said)} <= SEEN_TO_BE_SO

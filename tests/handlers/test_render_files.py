"""The files of a company as people see them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from shown import EN, HOSTILE, LONGEST_ID, NOW, RU, carried, company, units, words

from bot.actions.results import FilesCard, NoFiles
from bot.domain.company import CompanyId
from bot.domain.files import CredsState, FileKind, FilesLook
from handlers.render.files import files

LOOK = FilesLook(
    company_id=CompanyId("962302"),
    at=NOW,
    total=181,
    size_bytes=72_345,
    by_kind={FileKind.CREDS: 1, FileKind.PRE_KEY: 150, FileKind.SESSION: 30},
    oldest_at=NOW - timedelta(days=40),
    creds=CredsState.LINKED,
    phone="79001234567",
)


def card(look=LOOK, **more):
    values = {"day_ago": 150, "hour_ago": 181, "baseline": 31, "limit": 131, "history": ()}
    return FilesCard(company=company(), look=look, **(values | more))


def counts(*totals):
    return tuple(
        replace(LOOK, total=total, at=NOW + timedelta(hours=n)) for n, total in enumerate(totals)
    )


def test_a_good_copy_is_told_with_its_time():
    assert "Исправная копия ключей:" in words(files(RU, card(copied_at=NOW)))
    assert "копия" not in words(files(RU, card()))


def test_files_are_told_by_kind_size_age_and_growth():
    text = words(files(RU, card()))
    assert "181 файл, 71 КБ" in text
    assert text.index("одноразовые ключи (pre-key): 150") < text.index("переписки (session): 30")
    assert "Самый старый: 9 авг." in text
    assert "За сутки: +31" in text
    assert "Номер в ключах: •••4567" in text


def test_too_many_are_no_reason_for_a_reset():
    assert "не повод для сброса" in words(files(RU, card()))


def test_a_healthy_new_session_of_816_files_is_all_right():
    fresh = card(replace(LOOK, total=816), baseline=816, limit=916)
    assert "В норме: предел — 916." in words(files(RU, fresh))


def test_before_the_baseline_is_learnt_nothing_is_judged():
    assert "ещё выясняем" in words(files(RU, card(baseline=None, limit=None)))


@pytest.mark.parametrize("creds", [CredsState.DAMAGED, CredsState.MISSING, CredsState.UNREADABLE])
def test_a_bad_creds_file_stands_out(creds):
    assert "⚠️ Файл" in words(files(RU, card(replace(LOOK, creds=creds))))


def test_an_empty_directory_is_what_a_waiting_session_has():
    empty = replace(LOOK, total=0, by_kind={}, oldest_at=None, creds=CredsState.MISSING)
    text = words(files(RU, card(empty)))
    assert "Каталог пуст" in text
    assert "⚠️" not in text


def test_a_shrinking_directory_has_its_sign():
    assert "За сутки: −19" in words(files(RU, card(day_ago=200)))


def test_the_week_is_drawn_in_bars_from_low_to_high():
    line = words(files(RU, card(history=counts(31, 40, 181)))).splitlines()[-1]
    assert line.startswith("За неделю: ▁")
    assert line.endswith("█")


def test_a_week_without_change_is_not_drawn():
    assert "За неделю" not in words(files(RU, card(history=counts(31, 31, 31))))


@pytest.mark.parametrize(
    ("configured", "reason", "said"),
    [
        (False, "", "SESSIONS_DIR"),
        (True, "", "Каталога с ключами нет"),
        (True, "NotReadable", "не читается"),
        (True, "SymlinkRefused", "ссылка"),
        (True, "AnErrorOfTomorrow", "не удалось посчитать"),
    ],
)
def test_what_cannot_be_counted_says_why(configured, reason, said):
    screen = files(RU, NoFiles(company=company(), configured=configured, reason=reason))
    assert said in words(screen)
    assert "do:status:962302" in carried(screen)


@pytest.mark.parametrize("texts", [RU, EN])
@pytest.mark.parametrize("creds", CredsState)
def test_every_kind_fits_into_one_message(creds, texts):
    every = replace(LOOK, by_kind=dict.fromkeys(FileKind, 1_000_000), creds=creds)
    screen = files(texts, replace(card(every), company=company(LONGEST_ID, HOSTILE)))
    assert units(words(screen)) <= 4096
    assert len(carried(screen)) == 2


def test_keys_that_name_no_number_are_shown_without_one():
    text = words(files(RU, card(replace(LOOK, phone=None))))
    assert "Номер в ключах" not in text
    assert "Было после привязки: 31" in text

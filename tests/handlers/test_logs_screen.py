"""What /logs shows of a day of counts."""

from shown import EN, NOW, RU, buttons, carried, company, units, words

from bot.actions.followed_logs import FollowedLog
from bot.actions.results import LogsCard, PatternCount
from bot.domain.log_pattern import LogPattern
from handlers.render.logs import logs


def count(pattern, hour=1, day=2):
    return PatternCount(pattern=pattern, hour=hour, day=day, last_at=NOW)


def card(*counts, about=None, configured=True, since=NOW, nameless=0, worst=(), files=()):
    return LogsCard(
        files=files,
        company=about,
        configured=configured,
        since=since,
        counts=counts,
        nameless=nameless,
        worst=worst,
        now=NOW,
    )


def line_about(screen, part):
    return next(line for line in words(screen).splitlines() if part in line)


def test_what_worries_stands_first():
    shown = words(logs(RU, card(count(LogPattern.OPENED), count(LogPattern.BAD_MAC))))
    assert shown.index("Тревожное") < shown.index("Bad MAC") < shown.index("Обычное")
    assert shown.index("Обычное") < shown.index("соединение открыто")


def test_a_burst_is_marked():
    screen = logs(EN, card(count(LogPattern.BAD_MAC, 50, 60), count(LogPattern.NOT_DECRYPTED)))
    assert line_about(screen, "Bad MAC").startswith("🟠")
    assert line_about(screen, "not decrypted").startswith("▪️")


def test_a_normal_line_that_bursts_worries():
    screen = logs(EN, card(count(LogPattern.STREAM_ERROR, 50, 60)))
    assert "Worrying" in words(screen)
    assert "Normal" not in words(screen)


def test_a_calm_day_says_so():
    shown = words(logs(RU, card(count(LogPattern.OPENED))))
    assert "Ничего тревожного" in shown
    assert "Тревожное" not in shown


def test_an_empty_log_says_so():
    assert "ни одной знакомой строки" in words(logs(RU, card()))


def test_a_log_that_is_not_followed_says_how():
    assert "GATEWAY_LOG" in words(logs(RU, card(configured=False, since=None)))
    assert "GATEWAY_LOG" in words(logs(EN, card(since=None)))


def test_lines_without_a_name_are_told_apart():
    assert ": 12." in words(logs(EN, card(nameless=12)))
    about_one = words(logs(EN, card(about=company(), nameless=12)))
    assert ": 12." in about_one
    assert "/logs" in about_one


def test_the_overview_leads_to_those_of_whom_it_says_most():
    screen = logs(RU, card(worst=(company("962303", "Ногти"),)))
    assert buttons(screen)["962303 Ногти"] == "do:logs:962303"
    assert "do:logs:*" in carried(screen)


def followed(lines, understood, name="logs/gateway.log"):
    return FollowedLog(name=name, since=NOW, lines=lines, understood=understood)


def test_how_much_was_read_is_told():
    shown = words(logs(EN, card(count(LogPattern.OPENED), files=(followed(30, 2),))))
    assert ": 30; understood: 2." in shown
    assert "⚠️" not in shown


def test_a_file_that_is_not_understood_is_named_with_the_page_that_helps():
    for t, told in ((EN, "lines read: 1,234, understood: none"), (RU, "не понята ни одна")):
        shown = words(logs(t, card(files=(followed(1234, 0, "a<b>.log"), followed(5, 5)))))
        assert told in shown
        assert "a&lt;b&gt;.log" in shown or "a<b>.log" in shown
        assert "docs/logs.md" in shown


def test_a_log_that_is_not_understood_is_not_called_calm():
    shown = words(logs(EN, card(files=(followed(9, 0),))))
    assert "Nothing worrying" not in shown
    assert "Not one known line" not in shown


def test_very_many_files_that_are_not_understood_fit_into_a_message():
    files = tuple(followed(10**9, 0, "щ" * 400) for _ in range(100))
    for t in (RU, EN):
        shown = words(logs(t, card(files=files)))
        assert shown.count("⚠️") == 3
        assert units(shown) <= 4096


def test_a_file_in_which_nothing_was_written_is_called_silent():
    assert "ничего не писали" in words(logs(RU, card(files=(followed(0, 0),))))


def test_every_pattern_at_once_fits_into_a_message():
    every = [count(pattern, 10**9, 10**9) for pattern in LogPattern]
    for t in (RU, EN):
        assert units(words(logs(t, card(*every, about=company(name="щ" * 99))))) <= 2 * 4096

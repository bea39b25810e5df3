import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bot.domain.auto_recovery import AutoRecovery
from bot.domain.notice import ChatAddress
from bot.settings import (
    ListenAddress,
    NamedCompany,
    SettingsProblems,
    documented,
    format_problems,
    load,
    lookalikes,
    secrets_in,
)

TOKEN = "123456:TEST-TOKEN"
LEAST = {"TELEGRAM_BOT_TOKEN": TOKEN, "OWNER_IDS": "1111111"}
EXAMPLE = Path(__file__).parents[1] / ".env.example"
HIDDEN = "a-hidden-word-17"


def loaded(**environ):
    return load(LEAST | environ, None)


def problems(environ, env_file=None):
    with pytest.raises(SettingsProblems) as caught:
        load(environ, env_file)
    return caught.value.problems


def problem(**environ):
    [only] = problems(LEAST | environ)
    return only


@pytest.fixture
def env_file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / ".env"
        path.write_text(text, encoding)
        return path

    return write


def test_token_and_owner_are_enough():
    found = loaded()
    assert found.telegram_bot_token.get_secret_value() == TOKEN
    assert found.owner_ids == (1111111,)
    assert (found.companies, found.gateway_url) == ("auto", "http://localhost:3000")
    assert found.listen == ListenAddress("127.0.0.1", 8081)


VALUES = [
    ("TELEGRAM_CHAT_ID", "-1001234567890", ChatAddress(-1001234567890)),
    ("TELEGRAM_CHAT_ID", "-100123:45", ChatAddress(-100123, 45)),
    ("TELEGRAM_CHAT_ID", "1111111", ChatAddress(1111111)),
    ("TELEGRAM_API_URL", "http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
    ("TELEGRAM_API_URL", "https://proxy.example/tg/", "https://proxy.example/tg"),
    ("TELEGRAM_PROXY", "socks5://u:p@127.0.0.1:1080", SecretStr("socks5://u:p@127.0.0.1:1080")),
    ("OWNER_IDS", "1, 2 3,2,", (1, 2, 3)),
    ("GATEWAY", "AI_ADMIN", "ai_admin"),
    ("GATEWAY_URL", "https://wa.example:8443/", "https://wa.example:8443"),
    ("GATEWAY_URL", "http://[::1]:3000", "http://[::1]:3000"),
    ("GATEWAY_KEY", "user:pass word", SecretStr("user:pass word")),
    ("COMPANIES", "AUTO", "auto"),
    (
        "COMPANIES",
        "962302=Салон = Север, 962303,",
        (NamedCompany("962302", "Салон = Север"), NamedCompany("962303", "")),
    ),
    ("SESSIONS_DIR", "/opt/s/company_{company}", "/opt/s/company_{company}"),
    ("GATEWAY_LOG", "/a/*.log, /b.log", ("/a/*.log", "/b.log")),
    ("GATEWAY_RESTART_COMMAND", "pm2 restart 'ai admin'", ("pm2", "restart", "ai admin")),
    ("CONFIG_FILE", __file__, Path(__file__)),
    ("DATABASE_URL", "sqlite:////var/lib/r.db", SecretStr("sqlite:////var/lib/r.db")),
    ("DATABASE_URL", "postgres://u:p@db/r", SecretStr("postgresql://u:p@db/r")),
    (
        "DATABASE_URL",
        "postgresql://u:@/r?host=/run/postgresql",
        SecretStr("postgresql://u:@/r?host=/run/postgresql"),
    ),
    ("CHECK_INTERVAL", "2", timedelta(seconds=2)),
    ("FILES_INTERVAL", "2.5", timedelta(seconds=2.5)),
    ("GRACE", "0", timedelta(0)),
    ("MAX_FILES", "auto", "auto"),
    ("MAX_FILES", "100", 100),
    ("MAX_RECONNECTS_PER_DAY", "0", 0),
    ("AUTO_RECOVERY", "Full", AutoRecovery.FULL),
    ("ALERT_REPEAT", "60", timedelta(minutes=1)),
    (
        "BACKUP_NOTIFY_URLS",
        "mailto://u:p@x.example?to=a@x.example,b@x.example, json://y.example",
        (
            SecretStr("mailto://u:p@x.example?to=a@x.example,b@x.example"),
            SecretStr("json://y.example"),
        ),
    ),
    ("HEARTBEAT_URL", "https://hc.example/ping/1", SecretStr("https://hc.example/ping/1")),
    ("LISTEN", "[::1]:9000", ListenAddress("::1", 9000)),
    ("LISTEN", "0.0.0.0:0", ListenAddress("0.0.0.0", 0)),
    ("LISTEN", "off", None),
    ("LISTEN", "", None),
    ("HOOK_SECRET", HIDDEN, SecretStr(HIDDEN)),
    ("LANGUAGE", "EN", "en"),
    ("TIMEZONE", "Europe/Moscow", ZoneInfo("Europe/Moscow")),
    ("LOG_FORMAT", "json", "json"),
    ("LOG_LEVEL", "WARNING", "warning"),
]


@pytest.mark.parametrize(("name", "text", "value"), VALUES)
def test_a_text_becomes_a_typed_value(name, text, value):
    assert getattr(loaded(**{name: text}), name.lower()) == value


WRONG = [
    ("TELEGRAM_CHAT_ID", "@salon", "takes the number"),
    ("TELEGRAM_CHAT_ID", "-100123:0", "number of a chat"),
    ("TELEGRAM_CHAT_ID", "0", "number of a chat"),
    ("TELEGRAM_API_URL", "api.telegram.org", "http://"),
    ("TELEGRAM_API_URL", "https://proxy.example/tg?to=telegram", "http://"),
    ("TELEGRAM_WEBHOOK_URL", "https://x.example:9000/", "8443"),
    ("OWNER_IDS", "12,@anna", '"@anna" is no user id'),
    ("OWNER_IDS", "-100123", "user id"),
    ("OWNER_IDS", ",", "user id"),
    ("GATEWAY", "whatsmeow", "this version speaks ai_admin"),
    ("GATEWAY", "telegram", "expected a kind"),
    ("GATEWAY_URL", "http://localhost:3000/api", "it has a path"),
    ("GATEWAY_URL", "ftp://localhost", "http://"),
    ("GATEWAY_URL", "http://localhost:99999", "http://"),
    ("GATEWAY_URL", "http://[::1", "http://"),
    ("COMPANIES", "962302,../etc", '"../etc" is no company id'),
    ("COMPANIES", "1=a,1=b", "twice"),
    ("COMPANIES", "1,all=Everyone", '"all" is a word of the bot'),
    ("COMPANIES", "OFF", '[companies.my-OFF] session_key = "OFF"'),
    ("COMPANIES", "7d,23-7", '"7d" is a word'),
    ("COMPANIES", ",", "company ids"),
    ("SESSIONS_DIR", "/opt/sessions", "exactly once"),
    ("GATEWAY_LOG", " , ", "globs"),
    ("GATEWAY_RESTART_COMMAND", "pm2 restart 'x", "no closing quotation"),
    ("CONFIG_FILE", "/no/such/file", "no such file"),
    ("CHECK_INTERVAL", "1", "from 2 to 86400"),
    ("CHECK_INTERVAL", "60s", "from 2 to 86400"),
    ("CHECK_INTERVAL", "nan", "from 2 to 86400"),
    ("FILES_INTERVAL", "-30", "from 2 to 86400"),
    ("MAX_FILES", "0", "from 1"),
    ("MAX_FILES", "many", "auto"),
    ("MAX_RECONNECTS_PER_DAY", "2.5", "whole number"),
    ("AUTO_RECOVERY", "always", "off, reconnect or full"),
    ("LISTEN", "8081", "host:port"),
    ("LISTEN", "::1:8081", "host:port"),
    ("LISTEN", "127.0.0.1:99999", "host:port"),
    ("LANGUAGE", "de", "ru or en"),
    ("TIMEZONE", "Mars/Olympus", "tz database"),
    ("TIMEZONE", "Europe", "tz database"),
    ("TIMEZONE", "../../etc/passwd", "tz database"),
    ("LOG_FORMAT", "xml", "text or json"),
    ("LOG_LEVEL", "loud", "debug, info"),
]


@pytest.mark.parametrize(("name", "text", "said"), WRONG)
def test_a_wrong_value_is_told_with_what_is_expected(name, text, said):
    told = problem(**{name: text, "TELEGRAM_WEBHOOK_SECRET": "x"})
    assert told.startswith(f'{name} is "{text.strip()}"')
    assert said in told
    assert f"for example {name}=" in told


WRONG_SECRETS = [
    ("TELEGRAM_BOT_TOKEN", HIDDEN),
    ("TELEGRAM_PROXY", f"socks4://u:{HIDDEN}@127.0.0.1:1080"),
    ("TELEGRAM_PROXY", f"http://u:{HIDDEN}"),
    ("TELEGRAM_PROXY", f"http://u:{HIDDEN}@proxy.example"),
    ("TELEGRAM_WEBHOOK_SECRET", f"{HIDDEN}!"),
    ("GATEWAY_KEY", f"{HIDDEN}\n{HIDDEN}"),
    ("DATABASE_URL", f"mysql://u:{HIDDEN}@db/r"),
    ("DATABASE_URL", f"postgresql://u:{HIDDEN}@db"),
    ("DATABASE_URL", f"postgresql://u:{HIDDEN}#p@db/r"),
    ("BACKUP_NOTIFY_URLS", HIDDEN),
    ("HEARTBEAT_URL", HIDDEN),
    ("HOOK_SECRET", "a-hidden-word"),
    ("HOOK_SECRET", f"{HIDDEN}/x"),
]


@pytest.mark.parametrize(("name", "text"), WRONG_SECRETS)
def test_a_wrong_secret_is_told_without_showing_it(name, text):
    told = problem(**{name: text})
    assert told.startswith(f"{name} has a value that can't be used")
    assert "hidden" not in told


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TELEGRAM_CHAT_ID", f"123456:{HIDDEN}-TEST-TOKEN-TEST-TOKEN"),
        ("GATEWAY_URL", f"http://u:{HIDDEN}@localhost:3000"),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_shown(name, text):
    assert HIDDEN not in problem(**{name: text})


def test_all_problems_are_told_at_once_in_the_order_of_the_settings():
    told = problems({"GATEWAY": "x", "CHECK_INTERVAL": "x", "OWNER_IDS": "x"})
    assert [one.split()[0] for one in told] == [
        "TELEGRAM_BOT_TOKEN", "OWNER_IDS", "GATEWAY", "CHECK_INTERVAL",
    ]  # fmt: skip


def test_problems_are_printed_one_a_line():
    assert format_problems(["A is wrong.", "B is wrong."]).splitlines() == [
        "There are 2 problems with the settings:",
        "  - A is wrong.",
        "  - B is wrong.",
    ]


def test_nothing_of_the_values_hangs_on_the_error():
    with pytest.raises(SettingsProblems) as caught:
        load({"TELEGRAM_BOT_TOKEN": HIDDEN}, None)
    assert HIDDEN not in repr(caught.value) + str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_misspelt_name_is_hinted_at_where_the_right_one_is_missing():
    told = problems({"TELEGRAM_TOKEN": f"123456:{HIDDEN}", "OWNER_ID": "1"})
    assert "TELEGRAM_TOKEN is set: is TELEGRAM_BOT_TOKEN meant?" in told[0]
    assert "OWNER_ID is set: is OWNER_IDS meant?" in told[1]
    assert HIDDEN not in "".join(told)


@pytest.mark.parametrize("name", ["telegram_bot_token", "BOT_TOKEN", "TELEGRAM_BOTTOKEN"])
def test_other_ways_to_miss_the_token_are_hinted_at(name):
    assert f"{name} is set" in problems({"OWNER_IDS": "1", name: TOKEN})[0]


def test_unknown_names_are_ignored():
    assert loaded(PATH="/bin", SOMETHING="else") == loaded()


def test_misspelt_names_of_optional_settings_can_be_asked_for():
    ours = LEAST | {"GATEWAY_KEY": "k", "HOOK_SECRET": HIDDEN}
    environ = ours | {"SESSION_DIR": "/x", "GATEWAYKEY": "k", "WEBHOOK_SECRET": "x", "PATH": "/bin"}
    assert lookalikes(environ, None) == (
        "WEBHOOK_SECRET is set: is TELEGRAM_WEBHOOK_SECRET meant?",
        "SESSION_DIR is set: is SESSIONS_DIR meant?",
    )


def test_an_empty_value_is_not_set(env_file):
    found = load(LEAST | {"GRACE": "", "GATEWAY_KEY": "  "}, env_file("GRACE=5\n"))
    assert found.grace == timedelta(seconds=5)
    assert found.gateway_key is None


def test_the_environment_wins_over_the_file_and_overrides_over_both(env_file):
    path = env_file("GRACE=1\nCHECK_INTERVAL=11\nFILES_INTERVAL=11\nLISTEN=127.0.0.1:1\n")
    environ = LEAST | {"CHECK_INTERVAL": "12", "FILES_INTERVAL": "12", "LISTEN": ""}
    found = load(environ, path, {"FILES_INTERVAL": "13"})
    seconds = [
        one.total_seconds() for one in (found.grace, found.check_interval, found.files_interval)
    ]
    assert seconds == [1, 12, 13]
    assert found.listen is None


def test_a_file_with_quotes_comments_and_a_mark_is_read(env_file):
    path = env_file("\ufeffOWNER_IDS=\"7\" # me\n# GRACE=1\nexport GATEWAY_KEY='a b'\n")
    found = load({"TELEGRAM_BOT_TOKEN": TOKEN}, path)
    assert found.owner_ids == (7,)
    assert found.gateway_key.get_secret_value() == "a b"


def test_a_missing_env_file_is_no_problem(tmp_path):
    assert load(LEAST, tmp_path / "none").owner_ids == (1111111,)


def test_an_env_file_that_is_no_text_is_told(env_file):
    [told] = problems(LEAST, env_file("GRACE=\xff", "latin-1"))
    assert "not UTF-8 text" in told


@pytest.mark.parametrize("text", ["en_US:en", "de_DE.UTF-8", "ru_RU:ru"])
def test_the_language_of_the_host_is_not_ours(env_file, text):
    assert load(LEAST | {"LANGUAGE": text}, env_file("LANGUAGE=en\n")).language == "en"


SECRET_NAMES = {
    "TELEGRAM_BOT_TOKEN", "GATEWAY_KEY", "TELEGRAM_WEBHOOK_SECRET", "HOOK_SECRET", "HOOK_KEY",
    "BACKUP_NOTIFY_URLS", "HEARTBEAT_URL", "DATABASE_URL", "TELEGRAM_PROXY",
}  # fmt: skip


def test_these_are_the_secrets():
    assert {doc.name for doc in documented() if doc.secret} == SECRET_NAMES


@pytest.mark.parametrize("name", sorted(SECRET_NAMES))
def test_a_secret_may_come_from_a_file(name, tmp_path):
    value = next(doc.example for doc in documented() if doc.name == name)
    (tmp_path / "secret").write_text(f"{value}\n")
    environ = {key: text for key, text in LEAST.items() if key != name}
    from_file = load(environ | {f"{name}_FILE": str(tmp_path / "secret")}, None)
    assert from_file == load(environ | {name: value}, None)


def test_what_is_no_secret_does_not_come_from_a_file(tmp_path):
    (tmp_path / "grace").write_text("5")
    assert loaded(GRACE_FILE=str(tmp_path / "grace")).grace == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"  \n", "is empty"), (b"\xff\xfe\xff", "not UTF-8 text")],
)
def test_a_secret_file_that_gives_none_is_told(tmp_path, content, said):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    told = problem(GATEWAY_KEY_FILE=str(path))
    assert told.startswith(f'GATEWAY_KEY_FILE is "{path}"')
    assert said in told


def test_a_required_secret_with_a_bad_file_is_one_problem():
    [told] = problems({"OWNER_IDS": "1", "TELEGRAM_BOT_TOKEN_FILE": "/no/such/file"})
    assert told.startswith("TELEGRAM_BOT_TOKEN_FILE is")


def test_a_secret_given_twice_in_one_place_is_told():
    assert "both set" in problem(GATEWAY_KEY="a", GATEWAY_KEY_FILE="/x")


def test_a_secret_in_the_environment_wins_over_a_file_named_in_the_env_file(env_file):
    found = load(LEAST | {"GATEWAY_KEY": "a"}, env_file("GATEWAY_KEY_FILE=/no/such/file\n"))
    assert found.gateway_key.get_secret_value() == "a"


def test_a_webhook_needs_its_secret_and_a_server():
    told = problems(LEAST | {"TELEGRAM_WEBHOOK_URL": "https://x.example/t", "LISTEN": ""})
    assert [one.split(":")[0] for one in told] == [
        "TELEGRAM_WEBHOOK_URL needs TELEGRAM_WEBHOOK_SECRET",
        "TELEGRAM_WEBHOOK_URL needs LISTEN",
    ]


def test_settings_are_frozen():
    with pytest.raises(ValidationError):
        loaded().language = "en"


def secretive():
    return loaded(
        TELEGRAM_BOT_TOKEN=f"123456:{HIDDEN}",
        GATEWAY_KEY=HIDDEN,
        HOOK_KEY=HIDDEN,
        HOOK_SECRET=HIDDEN,
        TELEGRAM_WEBHOOK_SECRET=HIDDEN,
        TELEGRAM_PROXY=f"http://u:{HIDDEN}@127.0.0.1:1",
        DATABASE_URL=f"postgresql://u:{HIDDEN}@db/r",
        HEARTBEAT_URL=f"https://x.example/{HIDDEN}",
        BACKUP_NOTIFY_URLS=f"json://{HIDDEN}",
    )


def test_no_secret_is_in_repr():
    found = secretive()
    assert HIDDEN not in repr(found) + str(found) + repr(found.__dict__)


def test_the_log_learns_every_secret():
    texts = secrets_in(secretive())
    assert len(texts) == 10
    assert all(HIDDEN in text for text in texts)


SENTENCE = re.compile(r"[A-Z_]+ (is|are|has|needs|and) .*: expected .*, for example .*", re.DOTALL)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([doc.name for doc in documented()]),
        st.one_of(st.text(), st.sampled_from([text for _, text, *_ in VALUES + WRONG])),
    )
)
def test_whatever_is_set_gives_settings_or_problems(environ):
    try:
        told = (load(environ, None) and "settings",)
    except SettingsProblems as error:
        told = error.problems
    assert told == ("settings",) or all(SENTENCE.fullmatch(one) for one in told)


def example_lines():
    return re.findall(r"^(# )?([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)


def test_the_example_file_names_every_setting_in_order():
    assert [name for _, name, _ in example_lines()] == [doc.name for doc in documented()]


def test_the_example_file_shows_defaults_and_examples():
    shown = {name: text for comment, name, text in example_lines() if comment}
    expected = {doc.name: doc.default or doc.example for doc in documented() if not doc.required}
    assert shown == expected


def test_the_example_file_asks_only_for_what_is_required():
    asked = {name: text for comment, name, text in example_lines() if not comment}
    assert (
        asked == {doc.name: "" for doc in documented() if doc.required} == dict.fromkeys(LEAST, "")
    )


def test_the_example_file_explains_every_setting():
    words = re.sub(r"\n# ", " ", EXAMPLE.read_text()).lower()
    assert [doc.name for doc in documented() if doc.meaning.lower() not in words] == []


def test_the_example_file_filled_in_is_enough():
    assert load(LEAST, EXAMPLE) == loaded()


def test_every_default_and_example_is_accepted():
    for doc in documented():
        if doc.name != "CONFIG_FILE":
            loaded(**{"TELEGRAM_WEBHOOK_SECRET": "x", doc.name: doc.example})
            loaded(**{doc.name: doc.default or LEAST.get(doc.name, "")})

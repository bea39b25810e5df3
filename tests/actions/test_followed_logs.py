"""By which name a followed log is shown."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.actions.followed_logs import followed_logs
from bot.domain.company import GatewayName
from storage.logs.log_positions import LogPosition

NOW = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
ONE = GatewayName("one")
CONTAINER = "ab12cd34ef56" * 5 + "cdef"


def position(path="/var/log/gateway.log", **more):
    given = {"gateway": ONE, "counted_since": NOW, "read_at": NOW, "lines": 3, "understood": 1}
    return LogPosition(
        path=path, inode=1, position=0, head="", head_bytes=0, followed_at=NOW, **given | more
    )


def names(*positions):
    return [log.name for log in followed_logs(positions, {ONE}, NOW)]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/var/log/gateway.log", "log/gateway.log"),
        ("/var/log/pods/ns_pod_uid/api/0.log", "api/0.log"),
        (f"/containers/{CONTAINER}/{CONTAINER}-json.log", "ab12cd34ef56…/ab12cd34ef56…-json.log"),
        ("gateway.log", "gateway.log"),
    ],
)
def test_a_log_is_shown_by_the_end_of_its_path(path, shown):
    assert names(position(path)) == [shown]


def test_a_phone_number_in_its_name_is_not_shown():
    (name,) = names(position("/var/log/79001112233.log"))
    assert "79001112233" not in name


@pytest.mark.parametrize(
    "more",
    [
        {"gateway": GatewayName("two")},
        {"gateway": None},
        {"counted_since": None},
        {"read_at": NOW - timedelta(days=1)},
    ],
)
def test_what_is_another_gateways_or_of_another_day_is_left_out(more):
    assert names(position(), position("/b", **more)) == ["log/gateway.log"]

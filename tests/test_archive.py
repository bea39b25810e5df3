"""What is taken out of the database: a backup while it is written to, and JSON lines."""

import json
from datetime import UTC, datetime

import pytest

from bot.__main__ import main
from bot.cli.archive import backup, export
from bot.domain.access import UserId
from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.trouble import Severity, Symptom, Trouble
from storage.alerts import incidents
from storage.alerts.incidents import IncidentEvent
from storage.database import Database
from storage.people import audit

NOW = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)


async def fill(database):
    made = Incident(
        id=IncidentId(0),
        trouble=Trouble.SESSION_DOWN,
        symptom=Symptom.REVOKED,
        severity=Severity.CRITICAL,
        gateway=GatewayName("main"),
        company_id=CompanyId("962302"),
        opened_at=NOW,
        began_at=NOW,
    )
    async with database.writing() as tx:
        (incident_id,) = await incidents.add(tx, [made])
        note = IncidentEvent(
            incident_id=incident_id, at=NOW, event="note", facts={"text": "заметка"}
        )
        await incidents.add_events(tx, [note])
        await audit.begin(
            tx,
            user_id=UserId(1),
            chat_id=-1,
            action="restart",
            company_id=None,
            details={"gateway": "main", "output": "key=abc"},
            update_key=None,
            now=NOW,
        )


@pytest.fixture
async def database(tmp_path):
    made = Database(f"sqlite:///{tmp_path / 'repair.db'}")
    await made.open()
    await fill(made)
    yield made
    await made.close()


async def exported(url):
    lines = []
    assert await export(url, lines.append) == 0
    return [json.loads(line) for line in lines]


async def test_incidents_and_acts_are_json_lines(database, tmp_path):
    incident, act = await exported(f"sqlite:///{tmp_path / 'repair.db'}")
    assert (incident["kind"], incident["company"]) == ("incident", "962302")
    assert incident["events"][0]["text"] == "заметка"
    assert (act["action"], act["details"]) == ("restart", {"gateway": "main"})


async def test_a_backup_holds_what_was_committed_and_nothing_half_done(database, tmp_path):
    target, said = tmp_path / "backup.db", []
    async with database.writing() as tx:
        await incidents.add_events(
            tx, [IncidentEvent(incident_id=IncidentId(1), at=NOW, event="note", facts={})]
        )
        assert await backup(f"sqlite:///{tmp_path / 'repair.db'}", target, said.append) == 0
    assert str(target) in said[0]
    assert target.stat().st_mode & 0o077 == 0
    incident, _ = await exported(f"sqlite:///{target}")
    assert len(incident["events"]) == 1


async def test_a_file_that_is_there_is_not_overwritten(database, tmp_path):
    target, said = tmp_path / "backup.db", []
    target.write_text("mine")
    assert await backup(f"sqlite:///{tmp_path / 'repair.db'}", target, said.append) == 1
    assert target.read_text() == "mine"
    assert "is there already" in said[0]


async def test_a_database_that_is_not_there_is_not_made(tmp_path):
    said = []
    source = tmp_path / "none.db"
    assert await backup(f"sqlite:///{source}", tmp_path / "backup.db", said.append) == 1
    assert not source.exists()
    assert not (tmp_path / "backup.db").exists()


async def test_postgresql_has_its_own_tool(tmp_path):
    said = []
    url = "postgresql://user@localhost/repair"
    assert await backup(url, tmp_path / "backup.db", said.append) == 1
    assert "pg_dump" in said[0]


def test_the_command_line_knows_both(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "TELEGRAM_BOT_TOKEN": "123456:TEST-TOKEN",
        "OWNER_IDS": "1001",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}",
    }.items():
        monkeypatch.setenv(name, value)
    assert main(["export"]) == 0
    assert main(["backup", "copy.db"]) == 0
    assert "Backed up to copy.db" in capsys.readouterr().out

"""What `repair-bot move-database` says, and where it takes its addresses from."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.__main__ import main
from bot.cli.move_database import address_in
from storage.chats import chats
from storage.database import Database

NOW = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)


def with_a_chat(url):
    async def fill():
        database = Database(url)
        await database.open()
        async with database.writing() as tx:
            await chats.add(tx, -1001, "Duty", NOW)
        await database.close()

    asyncio.run(fill())


def test_it_tells_how_much_was_moved(tmp_path, capsys):
    old, new = f"sqlite:///{tmp_path / 'old.db'}", f"sqlite:///{tmp_path / 'new.db'}"
    with_a_chat(old)
    assert main(["move-database", old, new]) == 0
    said = capsys.readouterr().out
    assert "1 rows in" in said
    assert "counted on both sides" in said
    assert main(["move-database", old, new]) == 1
    assert "not empty" in capsys.readouterr().out


def test_an_address_with_a_password_may_stand_in_a_file(tmp_path):
    (tmp_path / "url").write_text("postgresql://repair:secret@host/repair\n")
    assert address_in(f"@{tmp_path / 'url'}") == "postgresql://repair:secret@host/repair"


@pytest.mark.parametrize("word", ["repair.db", "mysql://host/repair", "@/no/such/file"])
def test_what_is_no_address_is_answered_with_what_is_one(word, tmp_path, capsys):
    assert main(["move-database", word, f"sqlite:///{tmp_path / 'new.db'}"]) == 2
    said = capsys.readouterr().out
    assert "postgresql://" in said or "/no/such/file" in said

"""Other channels, for what no chat took."""

import asyncio
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from alerting import GROUP, OTHER, Office

from bot.alerts.backup import Backup
from bot.alerts.channels import Channels
from bot.domain.timing import Timing
from storage.alerts import incidents
from storage.chats import parking

TITLE = "не доставлено"


class Mailbox:
    """Takes what is posted to it, or refuses; an Apprise URL leads to it."""

    def __init__(self):
        self.got = []
        self.status = 200
        self.refused = threading.Semaphore(0)
        self.silence = threading.Event()
        self.silence.set()
        self.posted = threading.Event()
        box = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                box.silence.wait()
                if box.status == 200:
                    box.got.append(body.decode())
                    box.posted.set()
                else:
                    box.refused.release()
                self.send_response(box.status)
                self.end_headers()

            def log_message(self, *args):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"json://user:secret@127.0.0.1:{self._server.server_port}/hook"

    def close(self):
        self.silence.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def mailbox():
    box = Mailbox()
    yield box
    box.close()


def backup_of(office, *urls, timeout_s=5.0, db=None, **timing):
    channels = Channels(urls, timeout_s=timeout_s)
    return Backup(
        db or office.db,
        channels,
        lambda entries, _: (TITLE, " ".join(str(e.incident.id) for e in entries)),
        clock=office.clock,
        timing=Timing(**timing),
    )


async def unreachable(office, count=1):
    """Incidents open, and Telegram does not answer for two minutes."""
    office.service.busy_until = office.clock() + timedelta(hours=1)
    ids = await office.open(count)
    await office.after(121, step_s=10)
    return ids


async def test_a_critical_alert_that_no_chat_took_goes_to_the_other_channels(office, mailbox):
    await unreachable(office, 2)
    assert await backup_of(office, mailbox.url).look()
    (message,) = mailbox.got
    assert '"1 2"' in message


async def test_it_goes_there_once_even_after_a_restart(office, mailbox):
    (one,) = await unreachable(office)
    for _ in range(3):
        assert await backup_of(office, mailbox.url).look()
    assert len(mailbox.got) == 1
    async with office.db.reading() as tx:
        assert [e.event for e in await incidents.events_of(tx, one)] == ["backup"]


async def test_an_alert_that_one_chat_took_goes_nowhere_else(office, mailbox):
    office.service.gone.add(OTHER.chat_id)
    await office.open(to=[GROUP, OTHER])
    await office.after(200, step_s=10)
    assert await backup_of(office, mailbox.url).look()
    assert mailbox.got == []


async def test_an_alert_of_a_minute_ago_may_still_arrive(office, mailbox):
    office.service.busy_until = office.clock() + timedelta(hours=1)
    await office.open()
    await office.after(60, step_s=10)
    await backup_of(office, mailbox.url).look()
    assert mailbox.got == []


async def test_what_is_over_by_then_is_not_told(office, mailbox):
    (one,) = await unreachable(office)
    await office.recover(one)
    await backup_of(office, mailbox.url).look()
    assert mailbox.got == []


async def test_a_bot_that_every_chat_turned_away_still_speaks_up(office, mailbox):
    office.service.gone.add(GROUP.chat_id)  # it is tried again, and still takes nothing
    async with office.db.writing() as tx:
        await parking.turn_away(tx, GROUP.chat_id, "kicked", (), office.clock())
    await office.open()
    await office.after(121, step_s=10)
    await backup_of(office, mailbox.url).look()
    assert len(mailbox.got) == 1


async def test_a_channel_that_fails_is_tried_again(office, mailbox):
    await unreachable(office)
    mailbox.status = 500
    backup = backup_of(office, mailbox.url)
    assert not await backup.look()
    mailbox.status = 200
    assert await backup.look()
    assert len(mailbox.got) == 1


async def test_one_channel_is_enough(office, mailbox):
    await unreachable(office)
    assert await backup_of(office, "json://127.0.0.1:1/", mailbox.url).look()
    assert len(mailbox.got) == 1


async def test_a_channel_that_hangs_keeps_nobody_waiting(office, mailbox):
    await unreachable(office)
    mailbox.silence.clear()
    assert not await backup_of(office, mailbox.url, timeout_s=0.05).look()


@pytest.mark.parametrize("url", ["json://user:secret@127.0.0.1:1/hook", "nonsense://secret"])
async def test_a_failure_is_logged_without_the_url(office, caplog, url):
    await unreachable(office)
    with caplog.at_level("DEBUG"):
        await backup_of(office, url).look()
    assert "secret" not in caplog.text


async def test_the_loop_outlives_a_database_that_fails(db, mailbox):
    office = Office(db, Timing())
    await office.subscribe(GROUP)
    await unreachable(office)
    failing = _FailsFirst(db)
    backup = backup_of(office, mailbox.url, db=failing, backup_poll_s=0.01, backup_pause_s=0.01)
    task = asyncio.create_task(backup.run())
    async with asyncio.timeout(5):
        await asyncio.to_thread(mailbox.posted.wait)
    task.cancel()


class _FailsFirst:
    def __init__(self, db):
        self._db = db
        self._failed = False

    def reading(self):
        if not self._failed:
            self._failed = True
            raise OSError("the disk is away")
        return self._db.reading()

    def writing(self):
        return self._db.writing()


@pytest.mark.real_time
async def test_while_no_channel_takes_it_the_loop_waits_longer(office, mailbox):
    mailbox.status = 500
    await unreachable(office)
    backup = backup_of(office, mailbox.url, backup_poll_s=3600, backup_pause_s=0.01)
    task = asyncio.create_task(backup.run())
    for _ in range(2):
        assert await asyncio.to_thread(mailbox.refused.acquire, timeout=60)
    mailbox.status = 200
    async with asyncio.timeout(5):
        await asyncio.to_thread(mailbox.posted.wait)
    task.cancel()
    assert len(mailbox.got) == 1


async def test_a_database_that_stays_away_is_told_once(office, mailbox, capsys):
    away = _Away(until=5)
    backup = backup_of(office, mailbox.url, db=away, backup_poll_s=0.001, backup_pause_s=0.001)
    task = asyncio.create_task(backup.run())
    await asyncio.wait_for(away.asked_enough.wait(), 5)
    task.cancel()
    assert capsys.readouterr().out.count("backup cannot be worked on") == 1


class _Away:
    """A database that is not there, and knows when it was asked so many times."""

    def __init__(self, until):
        self._left = until
        self.asked_enough = asyncio.Event()

    def reading(self):
        self._left -= 1
        if self._left == 0:
            self.asked_enough.set()
        raise ConnectionError("it is away")

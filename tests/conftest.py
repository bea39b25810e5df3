"""What every room's tests may use: a database that was migrated once and is copied for each."""

import asyncio
import gc
import inspect
import itertools
import logging
import sys
import threading

import pytest
import structlog
from at_once import IN_TURN
from hypothesis import settings
from migrated import put_migrated
from postgres import running
from skipping import SkippingLoop

from bot.cli.demo import TOKEN
from bot.sandbox.telegram import TelegramSandbox
from storage.database import Database

# Helpers of conversations assert too; other rooms than theirs may import them first.
pytest.register_assert_rewrite("reading", "staging", "talking")


# Where all that is waited for happens in the loop itself: no driver's thread, no server's process.
WITHOUT_OTHERS = {
    "alerts",
    "handlers",
    "test_healer.py",
    "test_one_by_one.py",
    "test_router_walk.py",
}


def pytest_asyncio_loop_factories(config, item):
    """In these rooms nobody waits for a time to come, and nobody is late.

    But for what is marked `real_time`: a thread there waits for what the loop does, for example.
    """
    alone = WITHOUT_OTHERS & set(item.path.parts) and not item.get_closest_marker("real_time")
    return {"loop": SkippingLoop if alone else asyncio.SelectorEventLoop}


WHOLE_PROGRAM = {"handlers", "system", "test_evolution_outage.py"}


def pytest_collection_modifyitems(config, items):
    """The whole program has threads and sockets: what comes first there may differ once.

    Such a test gets a second chance, and the summary shows that it took one.
    """
    for item in items:
        if WHOLE_PROGRAM & set(item.path.parts):
            item.add_marker(pytest.mark.flaky(reruns=2))
    if config.getoption("pure"):
        items[:] = [one for one in items if not _wants_a_loop(one.function)]


def pytest_collection_finish(session):
    """What was imported and collected stays: nobody has to look through it for garbage again."""
    gc.collect()
    gc.freeze()


def _wants_a_loop(test):
    inside = getattr(test, "hypothesis", None)  # what its @given goes around
    return inspect.iscoroutinefunction(test if inside is None else inside.inner_test)


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the tests of the rooms above the storage remember in; its own run on both",
    )
    parser.addoption(
        "--pure", action="store_true", help="only what needs no loop: rules, in seconds"
    )


@pytest.fixture(autouse=True)
def _log_as_it_was():
    """A test that sets up the log leaves it to the next as it found it."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = list(root.handlers), root.level
    yield
    if root.handlers != handlers:
        structlog.reset_defaults()
        logging.captureWarnings(capture=False)
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks


@pytest.fixture(scope="session")
def postgres_server():
    """Started by the first test that wants it."""
    with running() as server:
        yield server


# The same examples each time, unless `--hypothesis-profile` says otherwise (CONTRIBUTING.md).
settings.register_profile("short", max_examples=25, derandomize=True, deadline=None)
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("new", deadline=None)
settings.register_profile("thorough", max_examples=10_000, deadline=None)
settings.load_profile("short")


@pytest.fixture
def new_database(request):
    """Makes a fresh database, at a path where it is a file."""
    if request.config.getoption("database") == "postgresql":
        server = request.getfixturevalue("postgres_server")
        return lambda _path: Database(server.new())

    def new(path):
        put_migrated(path)
        return Database(f"{IN_TURN}:///{path}")

    return new


@pytest.fixture
async def telegram():
    """A Bot API server that knows the demo's bot."""
    # Whoever writes to it has no pace of its own: for the limits each call comes 3 s later.
    steps = itertools.count(step=3)
    server = TelegramSandbox(token=TOKEN, limits_clock=lambda: float(next(steps)))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def db(new_database, tmp_path):
    """A fresh database in a file."""
    database = new_database(tmp_path / "repair.db")
    yield database
    await database.close()

"""What is made at the start is set aside, and what becomes garbage afterwards still goes."""

import gc
import weakref

import pytest

from bot.runtime.memory import set_aside_what_stays


class Ring:
    """Keeps itself alive."""

    def __init__(self):
        self.itself = self


@pytest.fixture
def settled():
    before = gc.get_freeze_count()
    set_aside_what_stays()
    yield before
    gc.unfreeze()


def test_what_is_there_is_looked_through_no_more(settled):
    assert gc.get_freeze_count() > settled + 10_000


@pytest.mark.usefixtures("settled")
def test_what_becomes_garbage_later_is_collected():
    ring = weakref.ref(Ring())
    gc.collect()
    assert ring() is None

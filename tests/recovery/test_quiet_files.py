"""Whether a directory is quiet goes by the clock of the machine it lies on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from places import ONE

from bot.recovery.control import SessionControl


@pytest.mark.parametrize("off", [{"minutes": 2}, {"days": 1}, {"days": -1}, {"seconds": 31}])
async def test_files_are_judged_by_the_clock_of_their_machine(place, off):
    """The program goes by Telegram's time: its machine's clock was set."""
    control = SessionControl(
        place.db,
        {ONE: place.adapter},
        {ONE: place.template},
        timing=replace(place.timing, quiet_for_s=1.0, quiet_wait_s=2.0),
        clock=lambda: place.clock() + timedelta(**off),
        disk_clock=place.clock,
    )
    (place.directory / "creds.json").touch()
    written_at = place.clock()
    await control.quiet(place.company)
    assert place.clock() - written_at >= timedelta(seconds=0.99)

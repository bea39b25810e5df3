"""What attackers and bad luck do to the bot: 10,000 of each by `make attack`, else fewer."""

import pytest
from hypothesis import settings


@pytest.fixture
def whole():
    """Whether this is the long form."""
    return settings().max_examples >= 10_000

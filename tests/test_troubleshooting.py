"""docs/troubleshooting.md is headed by sentences that the product really shows.

The line below a heading names its key in the catalogue, or says that the terminal shows it.
"""

import re

import pytest
from messages_shown import ROOT, of_the_chat, of_the_terminal

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
HEADINGS = re.findall(r"^### (.+)\n(?:<!-- (\S+) -->)?", PAGE, re.MULTILINE)


def sentences(source):
    return of_the_terminal() if source == "terminal" else of_the_chat().get(source, ())


@pytest.mark.parametrize(("heading", "source"), HEADINGS)
def test_every_heading_is_a_message_of_the_product(heading, source):
    assert any(heading in sentence for sentence in sentences(source))


def test_each_message_stands_there_once():
    headings = [heading for heading, _ in HEADINGS]
    assert len(headings) > 60
    assert [heading for heading in headings if headings.count(heading) > 1] == []


def test_every_trouble_of_a_session_and_of_a_gateway_is_explained():
    of_a_moment = {"settling", "elsewhere", "restarting", "not_understood"}  # the card says it all
    told = {key for key in of_the_chat() if key.startswith("incident.what.")}
    explained = {source for _, source in HEADINGS}
    assert told - explained == {f"incident.what.{name}" for name in of_a_moment}

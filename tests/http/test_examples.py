"""The examples in docs/ speak of the figures that there are, and of all of them."""

import json
import re
from pathlib import Path

import pytest
from doubles import START
from prometheus_client.parser import text_string_to_metric_families

from bot.health.metrics import Metrics
from storage.sessions.stats import Stats

DOCS = Path(__file__).parents[2] / "docs"
NOBODY = Stats(sessions={}, gateways={}, incidents={}, waiting=0, oldest_at=None)


def exported():
    page = Metrics().page(NOBODY, {}, 0.0, START).decode()
    return {
        family.name + {"counter": "_total", "histogram": "_bucket"}.get(family.type, "")
        for family in text_string_to_metric_families(page)
        if not family.name.endswith("_created")
    }


@pytest.mark.parametrize("name", ["prometheus-rules.yml", "grafana-dashboard.json"])
def test_an_example_uses_exactly_the_figures_that_are_exported(name):
    assert set(re.findall(r"\brepair_bot_\w+", (DOCS / name).read_text())) == exported()


def test_every_panel_of_the_dashboard_has_a_place_of_its_own():
    panels = json.loads((DOCS / "grafana-dashboard.json").read_text())["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(panels) > 10

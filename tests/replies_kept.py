"""The pushes of each kind that are kept under `tests/data`."""

import json
from pathlib import Path

DATA = Path(__file__).parent / "data"


def pushes_of(kind):
    """The JSON of every kept push of this kind."""
    found = [json.loads(file.read_text()) for file in sorted((DATA / kind).glob("push-*.json"))]
    return [one["json"] for one in found if isinstance(one.get("json"), dict)]

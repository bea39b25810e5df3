"""The kept replies of one kind of gateway, and an adapter that meets some of them."""

import json
from pathlib import Path

import httpx
from recorded import Clock, client, json_transport

from bot.gateways.kinds import KINDS

DATA = Path(__file__).parent.parent / "data"


def kept(kind, name):
    return json.loads((DATA / kind / f"{name}.json").read_text())


def body_of(kind, name):
    return kept(kind, name)["json"]


def push_of(kind, name):
    """A push as it came: its headers, its bytes."""
    push = kept(kind, name)
    return push["headers"], json.dumps(push["json"]).encode()


def meeting(kind, *names, hook_key=None, clock=None, lives_s=60.0):
    """An adapter before a gateway that knows these replies alone; what was asked of it."""
    replies, asked = {}, []
    for name in names:
        one = kept(kind, name)
        replies.setdefault((one["request"]["method"], one["request"]["path"]), []).append(one)

    def answer(request):
        asked.append(request)
        found = replies.get((request.method, request.url.path))
        if not found:
            return httpx.Response(500, json={})
        one = found.pop(0) if len(found) > 1 else found[0]  # the last one stays
        return httpx.Response(one["status"], json=one["json"])

    adapter = KINDS[kind](
        client(json_transport(answer)),
        key="fake",
        hook_key=hook_key,
        clock=clock or Clock(),
        first_life_s=lives_s,
    )
    return adapter, asked


class Replayed:
    """An adapter before what a real gateway was recorded to answer, at the moment `at` of a story.

    Each request gets the last answer that was given to it until then, and is written into `asked`.
    What was never asked of the real one is answered by 500.
    """

    def __init__(self, kind, file, story):
        lines = (DATA / kind / file).read_text().splitlines()
        self.rows = [row for row in map(json.loads, lines) if row["story"] == story]
        self.at, self.asked = 0.0, []
        self.clock = Clock()
        wire = client(json_transport(self._answer))
        self.adapter = KINDS[kind](wire, key="fake", clock=self.clock)

    def go_to(self, at):
        self.clock.push(at - self.at)
        self.at = at

    def _answer(self, request):
        self.asked.append(f"{request.method} {request.url.raw_path.decode()}")
        given = [
            row
            for row in self.rows
            if row["t"] <= self.at and f"{row['method']} {row['path']}" == self.asked[-1]
        ]
        if not given:
            return httpx.Response(500, json={})
        return httpx.Response(given[-1]["status"], json=given[-1]["answer"])

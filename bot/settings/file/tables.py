"""Reads the tables of the file, one after another, and notes what is wrong in each.

What was not understood is left out, so that one mistake is told once.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from bot.domain.company import BadCompanyId, CompanyId, GatewayName
from bot.domain.config_file import ConfigFault, Expected, Problem
from bot.domain.toml_lines import Lines
from bot.domain.words import WordOfCommand, parse_own_id
from bot.gateways.described.problems import BadDescription
from bot.gateways.kinds import KINDS, BadKind
from bot.settings.file.values import COMPANY, GATEWAY, SECRETS, SECRETS_OF_COMPANIES, TABLES, Field

_ALIKE = 0.6
_GATEWAY_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}", re.ASCII)  # it stands in URLs and buttons
_PLACE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")

Values = dict[str, Any]


class Tables:
    """What the tables hold, read; and every problem on the way."""

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self.gateways: dict[GatewayName, Values] = {}
        self.companies: dict[CompanyId, Values] = {}
        try:
            parsed = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.lines = Lines("")
            self.problems.append(_syntax(text, error))
            return
        self.lines = Lines(text)
        for key in parsed.keys() - TABLES.keys():
            self._unknown(key, TABLES, key)
        for name, table in self._tables("gateways", parsed):
            self._gateway(name, table)
        for company_id, table in self._tables("companies", parsed):
            self._company(company_id, table)

    def add(self, fault: ConfigFault, *path: str, **more: Any) -> None:
        """Note a problem at the line of a key."""
        line = self.lines.of(*path)
        self.problems.append(Problem(fault=fault, line=line, key=".".join(path), **more))

    def _tables(self, room: str, parsed: Mapping[str, Any]) -> list[tuple[str, Values]]:
        rows = parsed.get(room, {})
        if not isinstance(rows, dict):
            self.add(ConfigFault.NO_TABLE, room)
            return []
        for name, table in rows.items():
            if not isinstance(table, dict):
                self.add(ConfigFault.NO_TABLE, room, name)
        return [(name, table) for name, table in rows.items() if isinstance(table, dict)]

    def _gateway(self, name: str, table: Values) -> None:
        if _GATEWAY_NAME.fullmatch(name) is None:
            self.add(ConfigFault.BAD_GATEWAY_NAME, "gateways", name)
        self.gateways[GatewayName(name)] = self._read(("gateways", name), table, GATEWAY)

    def _company(self, text: str, table: Values) -> None:
        try:
            company_id = parse_own_id(text)
        except BadCompanyId:
            self.add(ConfigFault.BAD_COMPANY_ID, "companies", text)
            return
        except WordOfCommand:
            self.add(ConfigFault.COMPANY_IS_WORD, "companies", text, other=text)
            return
        self.companies[company_id] = self._read(("companies", text), table, COMPANY)

    def _read(self, place: tuple[str, str], table: Values, fields: Mapping[str, Field]) -> Values:
        read = {}
        for key, value in table.items():
            if key not in fields:
                self._unknown(key, fields, *place, key)
                continue
            try:
                read[key] = fields[key].read(value)
            except WordOfCommand as error:
                self.add(ConfigFault.COMPANY_IS_WORD, *place, key, other=error.word)
            except (BadDescription, BadKind) as error:
                self.add(ConfigFault.BAD_DESCRIPTION, *place, key, other=str(error))
            except ValueError:
                expected = fields[key].expected
                other = ", ".join(KINDS) if expected is Expected.KIND else ""
                self.add(ConfigFault.WRONG_VALUE, *place, key, expected=expected, other=other)
        return read

    def _unknown(self, key: str, known: Mapping[str, object], *path: str) -> None:
        secrets = {id(GATEWAY): SECRETS, id(COMPANY): SECRETS_OF_COMPANIES}.get(id(known), {})
        if key.lower() in secrets:
            self.add(ConfigFault.SECRET_IN_FILE, *path, other=secrets[key.lower()])
            return
        meant = difflib.get_close_matches(key.lower(), known, n=1, cutoff=_ALIKE)
        if meant:
            self.add(ConfigFault.UNKNOWN_KEY_MEANT, *path, other=meant[0])
        else:
            self.add(ConfigFault.UNKNOWN_KEY, *path, other=", ".join(known))


def _syntax(text: str, error: tomllib.TOMLDecodeError) -> Problem:
    """Where the parser stopped, in its words: of the text it repeats no more than a key."""
    reason = str(error)
    place = _PLACE.search(reason)
    last = max(1, len(text.splitlines()))
    line = int(place[1]) if place and place[1] else last
    return Problem(fault=ConfigFault.NOT_TOML, line=line, other=_PLACE.sub("", reason).strip())

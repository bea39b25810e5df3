"""A year of 1,000 companies with realistic trouble: what it weighs, and what a report costs."""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.session import State
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.housekeeping import Housekeeping
from bot.reports.reporter import Reporter, ReportLimits
from storage import tables
from storage.database import Database
from storage.sessions import companies

COMPANIES, DAYS = 1_000, 365
NOW = datetime(2025, 9, 30, 9, tzinfo=UTC)
MAIN = GatewayName("main")
BEGIN = NOW - timedelta(days=DAYS)


def main() -> dict[str, float]:
    """Fill a database, tidy it as the bot would, and report in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="repair-reports-") as folder:
        path = Path(folder) / "repair.db"
        filled = asyncio.run(_fill(path))
        size_mb = path.stat().st_size / 1e6
        asked = [sys.executable, "-m", "bench.reports", str(path)]
        done = subprocess.run(asked, check=True, capture_output=True, text=True)
    return {**filled, "database_mb": size_mb, **json.loads(done.stdout)}


async def _fill(path: Path) -> dict[str, float]:
    database = Database(f"sqlite:///{path}")
    await database.open()
    dice = random.Random(18)
    generated = [
        Company(id=CompanyId(f"{n}"), gateway=MAIN, session_key=f"{n}", name="")
        for n in range(COMPANIES)
    ]
    rows = {"states": 0, "incidents": 0, "file_counts": 0}
    async with database.writing() as tx:
        await companies.add_new(tx, generated, BEGIN)
    for start in range(0, COMPANIES, 50):
        async with database.writing() as tx:
            for company in generated[start : start + 50]:
                states, incidents = _states(company, dice)
                counts = _counts(company, dice)
                await tx.execute(insert(tables.session_states), states)
                if incidents:
                    await tx.execute(insert(tables.incidents), incidents)
                await tx.execute(insert(tables.file_counts), counts)
                rows["states"] += len(states)
                rows["incidents"] += len(incidents)
                rows["file_counts"] += len(counts)
    keeping = Housekeeping(database, clock=lambda: NOW)
    began = time.monotonic()
    await keeping.tick()
    took = time.monotonic() - began
    async with database.writing() as tx:
        await tx.exec_driver_sql("ANALYZE")
    await database.close()
    return {**rows, "housekeeping_s": took}


def _states(
    company: Company, dice: random.Random
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A drop or two a day, each over within minutes; every other month an outage of hours."""
    states: list[dict[str, Any]] = []
    incidents: list[dict[str, Any]] = []
    at = BEGIN
    while True:
        drop = at + timedelta(days=dice.expovariate(1.5))
        if drop >= NOW:
            states.append(_state(company, State.CONNECTED, at, None))
            return states, incidents
        outage = dice.random() < 1 / 90
        length = timedelta(minutes=dice.uniform(5, 300) if outage else dice.uniform(0.1, 2))
        back = min(drop + length, NOW)
        states.append(_state(company, State.CONNECTED, at, drop))
        states.append(_state(company, State.DISCONNECTED, drop, back))
        if outage:
            incidents.append(_incident(company, drop, back))
        at = back


def _state(
    company: Company, state: State, since: datetime, until: datetime | None
) -> dict[str, Any]:
    return {"company_id": company.id, "state": state, "since_at": since, "until_at": until}


def _incident(company: Company, began: datetime, closed: datetime) -> dict[str, Any]:
    return {
        "trouble": Trouble.SESSION_DOWN,
        "symptom": Symptom.AWAY,
        "severity": Severity.CRITICAL,
        "gateway": MAIN,
        "company_id": company.id,
        "facts": {},
        "began_at": began,
        "opened_at": min(began + timedelta(seconds=90), closed),
        "closed_at": closed,
    }


def _counts(company: Company, dice: random.Random) -> list[dict[str, Any]]:
    """As the bot leaves them: two rows for an old day, one for each busy hour of late."""
    hours = [day * 24 + hour for day in range(DAYS - 14) for hour in (9, 18)]
    hours += [hour for hour in range((DAYS - 14) * 24, DAYS * 24) if 8 <= hour % 24 < 20]
    total, rows = 816, []
    for hour in hours:
        total = max(800, total + dice.randint(-3, 3))
        at = (BEGIN + timedelta(hours=hour)).replace(minute=0)
        kinds = {"pre-key": total - 60, "session": 30, "sender-key": 20, "creds": 1}
        rows.append(
            {
                "company_id": company.id,
                "hour": at,
                "looked_at": at,
                "total": total,
                "size_bytes": total * 400,
                "by_kind": kinds,
                "creds": "linked",
            }
        )
    return rows


async def _report(path: str) -> dict[str, float]:
    database = Database(f"sqlite:///{path}")
    limits = ReportLimits(files_of=lambda _company, _baseline: 916, reconnects_per_day=10)
    reporter, zone = Reporter(database, limits), ZoneInfo("Europe/Moscow")
    async with database.reading() as tx:
        all_companies = await companies.all_of(tx)
    empty_mb = _peak_mb()
    began, began_cpu = time.monotonic(), time.process_time()
    made = await reporter.of_all(all_companies, 90, NOW, zone)
    all_s, all_cpu_s = time.monotonic() - began, time.process_time() - began_cpu
    began = time.monotonic()
    await reporter.of_company(all_companies[7], 90, NOW, zone)
    one_s = time.monotonic() - began
    await database.close()
    return {
        "all_90d_s": all_s,
        "all_90d_cpu_s": all_cpu_s,
        "all_90d_memory_mb": _peak_mb() - empty_mb,
        "one_90d_ms": one_s * 1000,
        "uptime_percent": 100 * (made.total.share.uptime or 0),
    }


def _peak_mb() -> float:
    # Not getrusage: a child's begins with the size of the parent it was forked from.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_report(sys.argv[1]))))

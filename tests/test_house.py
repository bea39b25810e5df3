"""The inspector: who may import whom, how large a room may be, what a pure one may know."""

import ast
import functools
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "storage")

# A room, and which rooms of ours it may import. The longest matching name counts.
# What the running program is made of: all rooms but those that make it and those that call it.
PROGRAM = {
    "bot.actions",
    "bot.alerts",
    "bot.authdir",
    "bot.domain",
    "bot.gateways",
    "bot.health",
    "bot.http",
    "bot.logs",
    "bot.monitor",
    "bot.recovery",
    "bot.reports",
    "bot.runtime",
    "bot.settings",
    "bot.supervisor",
    "bot.texts",
    "handlers",
    "storage",
}
WATCHED = {
    "bot.domain",
    "bot.gateways.base",
    "bot.gateways.events",
    "bot.gateways.by_name",
    "bot.gateways.look",
    "bot.authdir",
    "bot.supervisor",
    "storage",
}

DOORS: dict[str, set[str]] = {
    "bot": set(),
    "bot.domain": {"bot.domain"},
    "bot.settings": {
        "bot.domain",
        "bot.gateways.described.problems",
        "bot.gateways.kinds",
        "bot.settings",
    },
    "bot.logs": {"bot.domain", "bot.logs"},
    "bot.texts": {"bot.domain", "bot.texts"},
    "bot.qr": {"bot.domain"},
    "bot.supervisor": set(),
    "bot.authdir": {"bot.domain", "bot.authdir"},
    "bot.gateways": {"bot.domain", "bot.gateways"},
    "storage": {"bot.domain", "storage"},
    "bot.monitor": WATCHED | {"bot.monitor"},
    "bot.recovery": WATCHED | {"bot.recovery"},
    "bot.alerts": {"bot.domain", "bot.alerts", "bot.supervisor", "storage"},
    "bot.reports": {"bot.domain", "bot.reports", "storage"},
    "bot.health": {"bot.domain", "bot.alerts.courier", "bot.health", "storage"},
    "bot.http": {
        "bot.domain",
        "bot.gateways.base",
        "bot.gateways.events",
        "bot.health",
        "bot.http",
    },
    "bot.actions": {
        "bot.domain",
        "bot.monitor",
        "bot.recovery",
        "bot.reports",
        "bot.actions",
        "storage",
    },
    "handlers": {
        "bot.domain",
        "bot.actions",
        "bot.alerts.courier",
        "bot.texts",
        "bot.qr",
        "handlers",
    },
    "bot.sandbox": {"bot.domain", "bot.qr", "bot.sandbox"},
    "bot.runtime": PROGRAM,
    "bot.wiring": PROGRAM | {"bot.wiring"},
    "bot.cli": PROGRAM | {"bot.cli", "bot.sandbox", "bot.wiring"},
    "bot.__main__": PROGRAM | {"bot.cli", "bot.sandbox", "bot.wiring"},
}

# A library, and the only rooms that may know it.
OWNERS: dict[str, set[str]] = {
    "aiogram": {
        "handlers",
        "bot.runtime.app",
        "bot.wiring.program",
        "bot.wiring.couriers",
        "bot.wiring.chat",
        "bot.cli.check",
        "bot.cli.who_wrote",
    },
    "aiohttp": {
        "bot.gateways.wire",
        "bot.http",
        "bot.health.heartbeat",
        "bot.sandbox",
        "handlers.telegram.session",  # the `Date` of answers, which aiogram keeps to itself
    },
    "prometheus_client": {"bot.health.metrics"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "qrcode": {"bot.qr"},
    "matplotlib": {"bot.reports.charts"},
    "PIL": {"bot.qr"},
    "babel": {"bot.texts"},
    "pydantic": {"bot.settings"},
    "pydantic_settings": {"bot.settings"},
    "apprise": {"bot.alerts.channels"},
    "orjson": {"bot.gateways.reply"},
    "httpx": {"bot.gateways.client", "bot.gateways.wire"},
    "httpx_aiohttp": {"bot.gateways.wire"},
    "jwt": {"bot.gateways.evolution_replies"},
    "argparse": {"bot.__main__"},
    "phonenumbers": {"bot.domain.phone"},  # tables and rules: no clock, no disk, no network
}

PURE = (
    "bot.domain",
    "bot.gateways.described.calls_told",
    "bot.gateways.described.contradictions",
    "bot.gateways.described.fields",
    "bot.gateways.described.language",
    "bot.gateways.described.problems",
    "bot.gateways.described.pushes",
    "bot.gateways.described.replies",
    "bot.gateways.described.requests",
    "bot.gateways.described.table",
    "bot.gateways.described.templates",
    "bot.gateways.described.words",
    "bot.monitor.rules",
    "bot.monitor.incidents",
    "bot.monitor.lost_again",
    "bot.monitor.refusals",
    "bot.monitor.hints",
    "bot.monitor.stragglers",
    "bot.monitor.flapping",
    "bot.monitor.logs.causes",
    "bot.monitor.logs.entries",
    "bot.monitor.logs.unwrapper",
    "bot.monitor.logs.whatsmeow",
    "bot.monitor.logs.wrappers",
    "bot.monitor.logs.line_owner",
    "bot.monitor.logs.log_line",
    "bot.monitor.logs.lines",
    "bot.recovery.window",
    "bot.recovery.ladder",
    "bot.recovery.checklist",
    "bot.recovery.throttle",
    "bot.reports.window",
    "bot.reports.pieces",
    "bot.reports.figures",
    "bot.reports.digest",
    "bot.reports.targets",
    "bot.reports.table",
    "bot.reports.timeline",
    "bot.reports.lines",
    "bot.reports.postmortem",
    "bot.alerts.grouping",
    "handlers.telegram.pace",
    "handlers.telegram.queue",
    "bot.health.liveness",
    "bot.http.guard",
)
WET = {"asyncio", "time", "logging", "random", "os", "pathlib", "socket", "structlog", "threading"}

# Who takes more than six parameters, and how many. No new ones: these wait for a value of theirs.
OF_MANY_PARAMETERS = {
    "bot.actions.checklists.Checklists.__init__": 7,
    "bot.actions.status.Status.__init__": 7,
    "bot.health.health_checks.HealthChecks.__init__": 8,
    "bot.monitor.checker.Checker.__init__": 7,
    "bot.monitor.files.FilesChecker.__init__": 8,
    "bot.monitor.logs.follower.LogFollower.__init__": 7,
    "bot.monitor.probes.Prober.__init__": 8,
    "bot.recovery.control.SessionControl.__init__": 7,
    "bot.reports.digests.Digests.__init__": 7,
    "bot.reports.reporter.report_of": 7,
    "bot.sandbox.gateway.server.GatewaySandbox.__init__": 9,
    "bot.sandbox.telegram.acts.say": 8,
    "bot.sandbox.telegram.server.TelegramSandbox.__init__": 8,
    "bot.sandbox.telegram.server.TelegramSandbox.say": 7,
    "bot.settings.docs.setting": 8,
    "handlers.dispatcher.build_dispatcher": 9,
    "handlers.live.pairing_message.PairingMessage.__init__": 7,
    "storage.people.audit.begin": 8,
    "storage.recovery.procedures.begin": 9,
}


def modules() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "versions" in path.parts:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


ALL = list(modules())
NAMES = {name for name, _ in ALL}


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in NAMES else node.module


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def owned_functions_of(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Each with the class it belongs to, and a dot; nothing where it belongs to none."""
    for owner in ast.walk(tree_of(path)):
        for node in ast.iter_child_nodes(owner):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{owner.name}." if isinstance(owner, ast.ClassDef) else "", node


def parameters_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    told = function.args
    names = [each.arg for each in (*told.posonlyargs, *told.args, *told.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def used_before_made(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Names that a function inside this one uses, and that are assigned below it."""
    nested = [
        node for node in function.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    inside = {node for inner in nested for node in ast.walk(inner)}
    made = {
        node.id: node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in inside
    }
    for inner in nested:
        used = {node.id for node in ast.walk(inner) if isinstance(node, ast.Name)}
        yield from sorted(name for name in used if made.get(name, 0) > inner.lineno)


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def room_of(name: str) -> str:
    return max((room for room in DOORS if within(name, room)), key=len)


def test_a_room_uses_only_its_doors():
    assert [
        f"{name} imports {imported}"
        for name, path in ALL
        for imported in imports_of(path)
        if imported.split(".")[0] in ROOMS
        and not any(within(imported, room) for room in DOORS[room_of(name)])
    ] == []


def test_a_library_is_known_to_its_owners_alone():
    assert [
        f"{name} imports {imported}"
        for name, path in ALL
        for imported in imports_of(path)
        if (owners := OWNERS.get(imported.split(".")[0])) is not None
        and not any(within(name, owner) for owner in owners)
    ] == []


def test_pure_rooms_know_no_world():
    pure = [one for one in ALL if any(within(one[0], room) for room in PURE)]
    # A library is as pure as its user where it only reckons: tables of numbering plans.
    known = sys.stdlib_module_names - WET | set(ROOMS) | {"phonenumbers"}
    assert len(pure) > 10
    assert [
        f"{name} imports {imported}"
        for name, path in pure
        for imported in imports_of(path)
        if imported.split(".")[0] not in known
    ] == []


def test_who_is_called_pure_is_held_to_it():
    said = ((name, ast.get_docstring(tree_of(path)) or "") for name, path in ALL)
    pure = [name for name, words in said if "PURE" in words and within(name, "bot")]
    assert len(pure) > 10
    assert [name for name in pure if not any(within(name, room) for room in PURE)] == []


def test_a_file_is_a_room_not_a_hall():
    assert [name for name, path in ALL if len(path.read_text().splitlines()) > 300] == []


def test_a_function_fits_on_a_screen():
    assert [
        f"{name}.{node.name}"
        for name, path in ALL
        for node in functions_of(path)
        if node.end_lineno - node.lineno >= 60
    ] == []


def test_who_wants_more_than_six_things_is_given_a_value_of_its_own():
    wanting = {
        f"{name}.{owner}{function.name}": many
        for name, path in ALL
        for owner, function in owned_functions_of(path)
        if (many := parameters_of(function)) > 6
    }
    assert wanting == OF_MANY_PARAMETERS


def test_what_is_looped_over_is_called_what_it_is():
    vague = {"one", "every", "told", "said", "whom"}
    assert [
        f"{name}:{node.lineno} {node.id if isinstance(node, ast.Name) else node.arg}"
        for name, path in ALL
        for loop in ast.walk(tree_of(path))
        for held in names_held_by(loop)
        for node in ast.walk(held)
        if getattr(node, "id", getattr(node, "arg", None)) in vague
    ] == []


def names_held_by(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Lambda):
        return [node.args]
    loop = ast.For | ast.AsyncFor | ast.comprehension
    return [node.target] if isinstance(node, loop) else []


def test_no_class_is_called_like_another():
    """But for the sandbox, which has a world of its own, and what two rooms hold in common."""
    owners: dict[str, set[str]] = {}
    for name, path in ALL:
        if within(name, "bot.sandbox"):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                owners.setdefault(node.name, set()).add(name)
    shared = {"Turn"}  # the contract of the line, and the line's own
    assert {name for name, rooms in owners.items() if len(rooms) > 1} == shared


def test_rights_are_decided_in_one_table():
    """Elsewhere a right is asked for, a role is granted or stored; no second table says who may."""
    tables = [
        f"{name}:{node.lineno}"
        for name, path in ALL
        if name != "bot.domain.access"
        for node in ast.walk(tree_of(path))
        if any(names_right(inner, "Right") for inner in elements_of(node))
    ]
    assert tables == []
    table = ast.parse("{'reset': Right.RESET}")
    assert any(elements_of(node) for node in ast.walk(table))
    compared = [
        f"{name}:{node.lineno}"
        for name, path in ALL
        if name != "bot.domain.access"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Compare)
        and any(names_right(inner, "Role") for inner in ast.walk(node))
    ]
    assert compared == []


def elements_of(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return node.values
    return node.elts if isinstance(node, ast.Set | ast.Tuple | ast.List) else []


def names_right(node: ast.AST, enum: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == enum
    )


def test_wiring_uses_nothing_before_it_is_made():
    wiring = [(name, path) for name, path in ALL if within(name, "bot.wiring")]
    assert len(wiring) > 5
    assert [
        f"{name}: a lambda in line {node.lineno}"
        for name, path in wiring
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Lambda)
    ] == []
    [late] = ast.parse("def make():\n  def ring(): bell.ring()\n  bell = Bell()").body
    assert list(used_before_made(late)) == ["bell"]
    assert [
        f"{name}.{function.name}: {late}"
        for name, path in wiring
        for function in functions_of(path)
        for late in used_before_made(function)
    ] == []


def test_only_settings_read_the_environment():
    readers = [
        name
        for name, path in ALL
        if "os.environ" in path.read_text() or "getenv" in path.read_text()
    ]
    assert [name for name in readers if not within(name, "bot.settings")] == []


def test_the_front_door_imports_nothing():
    module = importlib.import_module("bot")
    assert list(imports_of(Path(module.__file__))) == []


def test_help_does_not_load_the_bot():
    code = (
        "import sys, contextlib, bot.__main__\n"
        "with contextlib.suppress(SystemExit): bot.__main__.main(['--help'])\n"
        "sys.exit(any(m in sys.modules for m in ('aiogram', 'sqlalchemy', 'aiohttp', 'pydantic')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr

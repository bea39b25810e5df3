"""Every regular expression of the program, and the strings on which each is slowest.

Patterns are found in the imported modules and in their source; strings are made from a pattern's
own parts: what almost matches, pumped up. Nothing here knows a pattern by name.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import re._compiler as sre_compile
import re._constants as sre
import re._parser as sre_parse
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ROOMS = ("bot", "handlers", "storage")
SIZE = 256 * 1024
_UNBOUNDED = 1000  # repeats of at least so many are as good as endless
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_SEARCHES = ("search", "findall", "finditer", "sub", "subn", "split")
_ALPHABET = [chr(code) for code in range(256)] + list("йЯ–—№\u2011\u202a🍕")
_PUMPED = 'a0 -/.:_<>"=\n,A@#'


@dataclass(frozen=True)
class Found:
    """A pattern, the place it stands in, and the methods it is used with."""

    place: str
    pattern: re.Pattern
    methods: tuple[str, ...] = ("search", "fullmatch")


# Where they are found.


def modules():
    """Every module of the program, imported."""
    for room in ROOMS:
        package = importlib.import_module(room)
        yield package
        for info in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not info.name.endswith("__main__") and ".migrations" not in info.name:
                yield importlib.import_module(info.name)


def every_pattern():
    """All patterns, and the places of `re` calls whose pattern is made at run time."""
    found, dynamic = {}, []
    for module in modules():
        tree = ast.parse(inspect.getsource(module))
        used = _methods(tree)
        for name, pattern in _compiled(module):
            methods = used.get(name.partition(".")[0], ("search", "fullmatch"))
            found[pattern.pattern, pattern.flags, methods] = Found(
                f"{module.__name__}.{name}", pattern, methods
            )
        for call in filter(_is_call_of_re, ast.walk(tree)):
            place = f"{module.__name__}:{call.func.attr}({ast.unparse(call.args[0])})"
            pattern = _evaluated(call, module)
            if pattern is None:
                dynamic.append(place)
            elif call.func.attr != "compile":
                method = "search" if call.func.attr in _SEARCHES else call.func.attr
                found[pattern.pattern, pattern.flags, method] = Found(place, pattern, (method,))
    return list(found.values()), dynamic


def _compiled(module) -> Iterator[tuple[str, re.Pattern]]:
    for name, value in list(vars(module).items()):
        yield from _within(name, value)
        if inspect.isclass(value) and value.__module__ == module.__name__:
            for attribute, inner in list(vars(value).items()):
                yield from _within(f"{name}.{attribute}", inner)


def _within(name, value) -> Iterator[tuple[str, re.Pattern]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _within(name, inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _within(name, inner)


def _methods(tree) -> dict[str, tuple[str, ...]]:
    """For each name, the methods of a pattern that are taken from it anywhere in its module."""
    used = {}
    for node in ast.walk(tree):
        named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if named and node.attr in (*_SEARCHES, "match", "fullmatch"):
            method = "search" if node.attr in _SEARCHES else node.attr
            used.setdefault(node.value.id, set()).add(method)
    return {name: tuple(sorted(methods)) for name, methods in used.items()}


def _is_call_of_re(node) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return False
    named = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
    return named and node.func.attr in (*_SEARCHES, "match", "fullmatch", "compile")


def _evaluated(call, module) -> re.Pattern | None:
    """The pattern of a call, if it is made of constants."""
    flags = [word.value for word in call.keywords if word.arg == "flags"] or [
        arg for arg in call.args[1:] if "re." in ast.unparse(arg)
    ]
    try:
        pattern, *flag = (
            eval(compile(ast.Expression(node), "", "eval"), dict(vars(module)))
            for node in (call.args[0], *flags[:1])
        )
    except NameError:
        return None
    return re.compile(pattern, *flag) if isinstance(pattern, str | bytes) else None


# What would make one slow.


def ambiguous(pattern: re.Pattern) -> list[str]:
    """Why its structure allows more than linear time: nested or adjacent endless repeats."""
    tree = sre_parse.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    return [*_nested(tree, inside=False), *_adjacent(tree, pattern.flags)]


def _parts(tree) -> Iterator:
    """The sequences directly below this one."""
    for operator, value in tree:
        if operator in _REPEATS:
            yield value[2]
        elif operator is sre.SUBPATTERN:
            yield value[3]
        elif operator is sre.BRANCH:
            yield from value[1]
        elif operator in (sre.ASSERT, sre.ASSERT_NOT):
            yield value[1]
        elif operator is sre.ATOMIC_GROUP:
            yield value


def _nested(tree, *, inside: bool) -> Iterator[str]:
    for index, (operator, value) in enumerate(tree):
        endless = operator in _REPEATS and value[1] >= _UNBOUNDED
        if endless and inside:
            yield f"an endless repeat within another: {tree[index : index + 1]}"
        for part in _parts(tree[index : index + 1]):
            yield from _nested(part, inside=inside or endless)


def _adjacent(tree, flags: int) -> Iterator[str]:
    flat = list(_flat(tree))
    for index, first in enumerate(flat):
        if not _is_endless(first):
            continue
        reach = _chars(first, flags)
        for then in flat[index + 1 :]:
            if _is_endless(then) and reach & _chars(then, flags):
                yield f"endless repeats that may share characters: {first} {then}"
                break
            if not _may_be_empty(then) and not reach & _chars(then, flags):
                break
    for part in _parts(tree):
        yield from _adjacent(part, flags)


def _flat(tree) -> Iterator:
    """The elements of a sequence, with groups opened."""
    for index, (operator, value) in enumerate(tree):
        if operator is sre.SUBPATTERN:
            yield from _flat(value[3])
        elif operator not in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            yield tree[index : index + 1]


def _is_endless(element) -> bool:
    operator, value = element[0]
    return operator in _REPEATS and value[1] >= _UNBOUNDED


def _may_be_empty(element) -> bool:
    return element.getwidth()[0] == 0


def _chars(element, flags: int) -> frozenset[str]:
    """The characters that some part of an element matches, out of a sample of all."""
    operator, value = element[0]
    if operator in _REPEATS:
        return frozenset().union(
            *(_chars(value[2][n : n + 1], flags) for n in range(len(value[2])))
        )
    parts = list(_parts(element))
    if parts:
        return frozenset().union(
            *(_chars(part[n : n + 1], flags) for part in parts for n in range(len(part)))
        )
    single = sre_compile.compile(element, flags & ~re.DEBUG)
    return frozenset(char for char in _ALPHABET if single.fullmatch(char))


# The strings on which it is slowest.


def hostile(pattern: re.Pattern, size: int = SIZE) -> Iterator[str]:
    """Strings of about `size` characters that almost match."""
    flags = pattern.flags & ~re.DEBUG
    tree = sre_parse.parse(pattern.pattern, flags)
    pumps: dict[tuple[str, str], None] = {("", char): None for char in _PUMPED}
    for choice in range(3):
        whole = _sample(tree, flags, choice)
        pumps[("", whole)] = None
        pumps[("", whole[:-1])] = None
        for before, body in _repeats(tree, flags, choice):
            pumps[(before, body)] = None
            pumps[("", before + body)] = None
            pumps |= {(before, char): None for char in _PUMPED if before}
    for before, body in pumps:
        if body:
            yield before + body * (size // len(body))


def _repeats(tree, flags: int, choice: int, before: str = "") -> Iterator[tuple[str, str]]:
    """Each repeat of the pattern: what leads to it, and what it takes."""
    for index, (operator, value) in enumerate(tree):
        if operator in _REPEATS and value[1] > 1:
            yield before, _sample(value[2], flags, choice)
        for part in _parts(tree[index : index + 1]):
            yield from _repeats(part, flags, choice, before)
        before += _sample(tree[index : index + 1], flags, choice)


def _sample(tree, flags: int, choice: int) -> str:
    """Text that the sequence matches; another `choice` takes other ways through it."""
    text = ""
    for index, (operator, value) in enumerate(tree):
        if operator in _REPEATS:
            least = value[0] or min(value[1], choice)
            text += _sample(value[2], flags, choice) * min(least, 50)
        elif operator is sre.BRANCH:
            text += _sample(value[1][choice % len(value[1])], flags, choice)
        elif operator is sre.SUBPATTERN:
            text += _sample(value[3], flags, choice)
        elif operator is sre.ATOMIC_GROUP:
            text += _sample(value, flags, choice)
        elif operator is sre.LITERAL:
            text += chr(value)
        elif operator in (sre.IN, sre.ANY, sre.NOT_LITERAL, sre.CATEGORY):
            chars = sorted(_chars(tree[index : index + 1], flags), key=_plain_first)
            text += chars[choice * 7 % len(chars)] if chars else ""
    return text


def _plain_first(char: str) -> tuple[bool, str]:
    return (not (char.isascii() and char.isalnum()), char)


# How long it takes.


def slowest(found: Found, limit_s: float, size: int = SIZE) -> tuple[float, str]:
    """The longest of its matches, in seconds of this process's own time, and how its text begins.

    Texts grow until one takes longer than the limit: that is enough to know. They begin small, and
    grow by little at first, for what doubles with each character would never come back.
    """
    worst = (0.0, "")
    lengths = (*range(12, 64, 4), size // 128, size // 16, size)
    for method in found.methods:
        run = getattr(found.pattern, method if method in ("match", "fullmatch") else "search")
        for text in hostile(found.pattern, size):
            for ending in ("", "\0"):
                for length in lengths:
                    subject = _as_taken_by(found.pattern, text[:length] + ending)
                    took_s = _measured(run, subject, limit_s)
                    worst = max(worst, (took_s, f"{method} {length} {text[:60]!r}"))
                    if took_s > limit_s:
                        return worst
    return worst


def _as_taken_by(pattern: re.Pattern, text: str) -> str | bytes:
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _measured(run, text: str, limit_s: float) -> float:
    """Seconds of one call; the least of several where it matters, for others may be at work."""
    least = float("inf")
    for _ in range(8):
        began_s = time.process_time()
        run(text)
        least = min(least, time.process_time() - began_s)
        if least < limit_s or least > 10 * limit_s:
            break
    return least

"""The rule that the text of `SESSIONS_DIR` has to follow."""

import re
from posixpath import normpath

PLACEHOLDER = "{company}"
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


def sessions_dir_fault(text: str) -> str | None:
    """What is wrong with a template of auth directories, in words; None when nothing is.

    The last part of the path names the company exactly once, so that every directory of one
    template has the same parent. What is judged is what the path is, not how it is written: `/./x`
    and `//x` lie directly under / as `/x` does.
    """
    return _fault_of_text(text) or _fault_of_path(text)


def _fault_of_text(text: str) -> str | None:
    if "\0" in text:
        return "it holds a NUL character"
    if text.startswith("~"):
        return "`~` is not expanded here: write the path in full"
    if "\\" in text:
        return "it holds a backslash: parts are divided by /"
    if _PERCENT.search(text):
        return "it is written as in an address: write the path itself, without %"
    return None


def _fault_of_path(text: str) -> str | None:
    if text.count(PLACEHOLDER) != 1:
        return f"{PLACEHOLDER} must stand in it exactly once"
    if ".." in text.split("/"):
        return "`..` must not stand in it: write the path in full"
    parent, _, last = normpath(text).rpartition("/")
    if PLACEHOLDER not in last:
        return f"{PLACEHOLDER} must stand in the last part of the path"
    if text.startswith("/") and not parent.strip("/"):
        return "the directories must not lie directly under /"
    return None

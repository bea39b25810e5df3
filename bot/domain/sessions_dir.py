"""The rule that the text of `SESSIONS_DIR` has to follow."""

PLACEHOLDER = "{company}"


def sessions_dir_fault(text: str) -> str | None:
    """What is wrong with a template of auth directories, in words; None when nothing is.

    The last part of the path names the company exactly once, so that every directory of one
    template has the same parent.
    """
    parent, _, last = text.rstrip("/").rpartition("/")
    if "\0" in text:
        return "it holds a NUL character"
    if text.startswith("~"):
        return "`~` is not expanded here: write the path in full"
    if text.count(PLACEHOLDER) != 1:
        return f"{PLACEHOLDER} must stand in it exactly once"
    if PLACEHOLDER not in last:
        return f"{PLACEHOLDER} must stand in the last part of the path"
    if text.startswith("/") and not parent.strip("/"):
        return "the directories must not lie directly under /"
    return None

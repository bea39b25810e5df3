"""What came of reading the configuration file anew."""

from collections.abc import Iterator, Sequence

from bot.domain.config_file import Changes, ReloadRefused
from bot.texts import Markup, Texts
from bot.texts.config_problems import problems_in_words
from handlers.render.screen import Screen, cut

_NAMED = 8


def reloaded(t: Texts, result: Changes | ReloadRefused) -> Screen:
    """The answer to `/reload`: what has changed, or every problem of the file."""
    if isinstance(result, ReloadRefused):
        words = problems_in_words(t, result.file, result.problems)
        return Screen(cut(t, [t.say("reload.refused"), "", *words]))
    if result.none:
        return Screen(t.say("reload.nothing"))
    return Screen(cut(t, [t.say("reload.done"), "", *_changes(t, result)]))


def _changes(t: Texts, changes: Changes) -> Iterator[Markup]:
    if changes.joined:
        yield t.plural("reload.joined", len(changes.joined), names=_names(t, changes.joined))
    if changes.left:
        yield t.plural("reload.left", len(changes.left), names=_names(t, changes.left))
    if changes.altered:
        yield t.plural("reload.altered", len(changes.altered), names=_names(t, changes.altered))
    if changes.added:
        yield t.plural("reload.added", len(changes.added), names=_names(t, changes.added))
    if changes.moved:
        yield t.plural("reload.moved", len(changes.moved), names=_names(t, changes.moved))
    if changes.retold:
        yield t.plural("reload.retold", len(changes.retold), names=_names(t, changes.retold))
    if changes.unnamed:
        yield t.plural("reload.unnamed", len(changes.unnamed), names=_names(t, changes.unnamed))
    if changes.unwatched:
        names = _names(t, changes.unwatched)
        yield t.plural("reload.unwatched", len(changes.unwatched), names=names)


def _names(t: Texts, names: Sequence[str]) -> str:
    shown = ", ".join(t.foreign(name) for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown}…"

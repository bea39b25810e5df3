"""Who has access, and the answers to those who have none."""

from collections.abc import Sequence

from bot.actions.results import AdminRow, Granted, Leaving
from bot.domain.access import Grant, Role, UserId
from bot.domain.company import Company
from bot.texts import Markup, Texts
from handlers.render.places import called
from handlers.render.screen import Screen, cut

_NAMED = 8


def admins(t: Texts, rows: Sequence[AdminRow]) -> Screen:
    """Everybody who has access, with roles and companies."""
    lines: list[str] = [t.say("admins.head")]
    for row in rows:
        lines += ["", *_admin(t, row)]
    return Screen(cut(t, [*lines, "", t.say("admins.how")]))


def _admin(t: Texts, row: AdminRow) -> list[Markup]:
    name = t.foreign(row.name) or t.say("admins.nameless")
    lines = [t.say("admins.person", name=name, id=row.user_id)]
    if row.by_settings:
        lines.append(t.say("admins.by_settings"))
    return [*lines, *_grants(t, row.grants)]


def _grants(t: Texts, grants: Sequence[Grant]) -> list[Markup]:
    lines = []
    by_role: dict[Role, list[str | None]] = {}
    for grant in grants:
        by_role.setdefault(grant.role, []).append(grant.company_id)
    for role, company_ids in by_role.items():
        named = [company_id for company_id in company_ids if company_id is not None]
        everywhere = len(named) < len(company_ids)
        where = t.say("all_companies") if everywhere else ", ".join(named)
        lines.append(t.say("admins.grant", role=t.say(f"role.{role}"), where=where))
    return lines


def granted(
    t: Texts, user_id: UserId, role: Role, companies: Sequence[Company], done: Granted
) -> Screen:
    """Somebody was let in; for all companies when none is named. And what that has ended."""
    where = _named(t, companies) or t.say("all_companies")
    sentence = t.say("grant.done", id=user_id, role=t.say(f"role.{role}"), where=where)
    lines = [sentence, *_all_grants(t, done), *_ended(t, done.leaving)]
    return Screen(cut(t, [*lines, t.say("grant.next")] if done.leaving is None else lines))


def _all_grants(t: Texts, done: Granted) -> list[Markup]:
    """Everything they may now, where that is more than was granted just now."""
    roles = {grant.role for grant in done.grants}
    if len(roles) < 2:
        return []
    return [t.say("grant.now"), *_grants(t, done.grants)]


def _named(t: Texts, companies: Sequence[Company]) -> Markup:
    return Markup(", ".join(t.name(company) for company in companies))


def revoked(t: Texts, user_id: UserId, leaving: Leaving | None) -> Screen:
    """Every grant of somebody was taken back, or there was none; what ended, and what remains."""
    if leaving is None:
        return Screen(t.say("revoke.nothing", id=user_id))
    return Screen(cut(t, [t.say("revoke.done", id=user_id), *_ended(t, leaving)]))


def _ended(t: Texts, leaving: Leaving | None) -> list[Markup]:
    if leaving is None:
        return []
    left = leaving.left
    counts = {
        "left.subscriptions": len(left.subscriptions),
        "left.boards": len(left.boards),
        "left.digests": left.digests,
        "left.questions": left.questions,
    }
    lines = [t.say("left.codes", names=", ".join(left.codes))] if left.codes else []
    lines += [t.plural(key, count) for key, count in counts.items() if count]
    if lines:
        lines.insert(0, t.say("left.head"))
    if left.groups:
        named = Markup(", ".join(called(t, group) for group in left.groups))
        lines.append(t.say("left.groups", names=named))
    if leaving.lost:
        names = ", ".join(leaving.lost[:_NAMED]) + ("…" if len(leaving.lost) > _NAMED else "")
        lines.append(t.say("left.lost", names=names))
    return lines


def stranger(t: Texts, user_id: UserId) -> Screen:
    """The answer to a stranger: one polite line with the id that an owner needs."""
    return Screen(t.say("stranger", id=user_id))


def anonymous(t: Texts) -> Screen:
    """The answer to somebody who writes as a group or a channel."""
    return Screen(t.say("anonymous"))

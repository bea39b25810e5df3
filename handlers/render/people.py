"""Who is let in, and what those hear who are not."""

from collections.abc import Sequence

from bot.actions.results import AdminRow
from bot.domain.access import Role, UserId
from bot.domain.company import Company
from bot.texts import Markup, Texts
from handlers.render.screen import Screen, cut


def admins(t: Texts, rows: Sequence[AdminRow]) -> Screen:
    """Everybody who was let in, with what for."""
    lines: list[str] = [t.say("admins.head")]
    for row in rows:
        lines += ["", *_admin(t, row)]
    return Screen(cut(t, [*lines, "", t.say("admins.how")]))


def _admin(t: Texts, row: AdminRow) -> list[Markup]:
    name = t.foreign(row.name) or t.say("admins.nameless")
    lines = [t.say("admins.person", name=name, id=row.user_id)]
    if row.by_settings:
        lines.append(t.say("admins.by_settings"))
    by_role: dict[Role, list[str | None]] = {}
    for grant in row.grants:
        by_role.setdefault(grant.role, []).append(grant.company_id)
    for role, company_ids in by_role.items():
        named = [one for one in company_ids if one is not None]
        everywhere = len(named) < len(company_ids)
        where = t.say("all_companies") if everywhere else ", ".join(named)
        lines.append(t.say("admins.grant", role=t.say(f"role.{role}"), where=where))
    return lines


def granted(t: Texts, user_id: UserId, role: Role, companies: Sequence[Company]) -> Screen:
    """Somebody was let in; for all companies when none is named."""
    where = _named(t, companies) or t.say("all_companies")
    said = t.say("grant.done", id=user_id, role=t.say(f"role.{role}"), where=where)
    return Screen(cut(t, [said, t.say("grant.next")]))


def _named(t: Texts, companies: Sequence[Company]) -> Markup:
    return Markup(", ".join(t.name(one) for one in companies))


def revoked(t: Texts, user_id: UserId, count: int) -> Screen:
    """Every grant of somebody was taken back, or there was none."""
    return Screen(t.say("revoke.done" if count else "revoke.nothing", id=user_id))


def stranger(t: Texts, user_id: UserId) -> Screen:
    """One polite line, with the id to hand to an owner."""
    return Screen(t.say("stranger", id=user_id))


def anonymous(t: Texts) -> Screen:
    """Who writes as a group or a channel cannot be known."""
    return Screen(t.say("anonymous"))

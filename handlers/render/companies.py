"""Companies as a list, and what is said of one."""

from collections.abc import Iterator, Sequence

from aiogram.types import InlineKeyboardButton

from bot.actions.companies import CompaniesPage, CompanyView
from bot.domain.access import Person, Right
from bot.domain.company import Company, WhyAbsent
from bot.domain.company_field import CompanyField
from bot.domain.phone import masked
from bot.domain.trouble import Offer
from bot.domain.words import is_word, typed
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import CompanyPage, Do
from handlers.render.screen import Screen, cut, joined

_SETTLED = "🔒"
_LONGEST_KEY, _KEY_IN_LIST = 255, 60


def page(t: Texts, found: CompaniesPage) -> Screen:
    """A page of companies, each a button."""
    if not found.total:
        return Screen(t.say("overview.none"))
    lines = [t.plural("companies.head", found.total)]
    if found.pages > 1:
        number, pages = t.number(found.page + 1), t.number(found.pages)
        lines.append(t.say("overview.page", page=number, pages=pages))
    if as_typed := [typed(company.id) for company in found.companies if is_word(company.id)]:
        lines.append(t.say("companies.words", typed=", ".join(as_typed)))
    lines += _keys(t, found.companies)
    buttons = [
        keyboards.button(t.label(company, 20), Do(what="company", company=company.id))
        for company in found.companies
    ]
    neighbours = (CompanyPage(n=found.page - 1), CompanyPage(n=found.page + 1))
    rows = [*keyboards.in_rows(buttons), keyboards.paging(t, found.page, found.pages, neighbours)]
    return Screen(joined(*lines), keyboards.keyboard(rows))


def _keys(t: Texts, companies: Sequence[Company]) -> list[Markup]:
    """What those sessions are called at their gateways whose companies have other ids."""
    others = [company for company in companies if company.session_key != company.id]
    lines = [
        t.say("companies.key", id=company.id, key=t.foreign(company.session_key, _KEY_IN_LIST))
        for company in others
    ]
    return [Markup(), *lines] if lines else []


def view(t: Texts, person: Person, found: CompanyView) -> Screen:
    """What is said of it, by whom, and how an owner says something else."""
    company = found.company
    lines: list[Markup | str] = [t.say("company.head", who=t.name(company)), ""]
    lines += [_line(t, found, field) for field in CompanyField]
    if company.session_key != company.id:
        lines.append(t.say("company.key", key=t.foreign(company.session_key, _LONGEST_KEY)))
    if found.settled:
        lines += ["", t.say("company.settled_mark", mark=_SETTLED)]
    if is_word(company.id):
        lines += ["", t.say("company.is_word", typed=typed(company.id))]
    if company.absence is not None:
        lines += ["", t.say(f"company.absence.{company.absence}", gateway=company.gateway)]
    if person.may(Right.SETTINGS, company.id):
        lines += ["", t.say("company.usage", company=company.id)]
    return Screen(cut(t, lines), keyboards.keyboard(_buttons(t, person, found)))


def said(t: Texts, person: Person, found: CompanyView) -> Screen:
    """Something else is said from now on."""
    shown = view(t, person, found)
    return Screen(joined(t.say("company.said"), "", shown.text), shown.keyboard)


def _line(t: Texts, found: CompanyView, field: CompanyField) -> Markup:
    mark = f" {_SETTLED}" if field in found.settled else ""
    return Markup(t.say(f"company.line.{field}", value=_value(t, found, field)) + mark)


def _value(t: Texts, found: CompanyView, field: CompanyField) -> str:
    company, limits = found.company, found.limits
    match field:
        case CompanyField.NAME:
            return t.foreign(company.name) or t.say("company.nothing")
        case CompanyField.PHONE:
            phone = company.expected_phone
            return masked(phone) if phone else t.say("company.any_phone")
        case CompanyField.MAX_FILES:
            return _limit(t, company.max_files, limits.max_files)
        case CompanyField.MAX_RECONNECTS:
            return _limit(t, company.max_reconnects_per_day, limits.max_reconnects_per_day)
        case CompanyField.GATEWAY:
            return t.foreign(company.gateway)


def _limit(t: Texts, own: int | None, common: int | None) -> str:
    if own is not None:
        return t.number(own)
    if common is None:
        return t.say("company.by_baseline")
    return t.say("company.as_all", n=t.number(common))


def _buttons(t: Texts, person: Person, found: CompanyView) -> Iterator[list[InlineKeyboardButton]]:
    company: Company = found.company
    watched = company.absence in (None, WhyAbsent.UNNAMED)
    if watched:
        yield [keyboards.offer(t, Offer.STATUS, company.id)]
    if not person.may(Right.SETTINGS, company.id):
        return
    if watched and not found.named:
        drop = Do(what="drop", company=company.id)
        yield [keyboards.button(t.say("button.drop"), drop, "danger")]
    if not watched:
        watch = Do(what="watch", company=company.id)
        yield [keyboards.button(t.say("button.watch"), watch, "success")]

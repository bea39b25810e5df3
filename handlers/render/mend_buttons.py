"""Buttons that mend, where companies share one message: by name, for as many as a phone shows."""

from collections import Counter
from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton

from bot.alerts.courier import IncidentEntry
from bot.domain.company import Company, CompanyId
from bot.domain.notice import offers_of, the_one_of
from bot.domain.trouble import Offer
from bot.texts import Texts
from handlers import keyboards
from handlers.callbacks import Do

ONE_A_ROW = 5
MOST = 10  # two to a row; of more than these the overview leads to each
_NAME, _SHORT_NAME = 20, 12  # characters that are left of a row, and of half a row


def rows(t: Texts, entries: Sequence[IncidentEntry]) -> keyboards.Rows:
    """What mends each of them, in their order; nothing where they are too many for buttons."""
    able = _able(entries)
    if len(able) > MOST:
        return []
    if len(able) > ONE_A_ROW:
        called = _called(t, able, _SHORT_NAME)
        return keyboards.in_rows([_repair(t, company, called[company]) for company in able])
    called = _called(t, able, _NAME)
    return [
        [keyboards.offer_named(t, the_one_of(offers_of(entry.incident)), company, called[company])]
        for company, entry in able.items()
    ]


def _able(entries: Sequence[IncidentEntry]) -> dict[CompanyId, IncidentEntry]:
    """Of each company for which something can be done, the worst that is the matter with it."""
    able: dict[CompanyId, IncidentEntry] = {}
    for entry in entries:
        incident = entry.incident
        if incident.company_id is None or not offers_of(incident):
            continue
        known = able.setdefault(incident.company_id, entry)
        if incident.severity.rank > known.incident.severity.rank:
            able[incident.company_id] = entry
    return able


def _repair(t: Texts, company_id: CompanyId, called: str) -> InlineKeyboardButton:
    """Half a row has room for a sign and a name, and the sign is the same for all that helps."""
    words = t.say("button.repair", company=called)
    return keyboards.button(words, Do(what=Offer.REPAIR, company=company_id))


def _called(t: Texts, able: Mapping[CompanyId, IncidentEntry], limit: int) -> dict[CompanyId, str]:
    """What each is called on a button: its name alone, unless another looks the same there."""
    companies = {company_id: entry.company for company_id, entry in able.items()}
    names = {
        company_id: "" if company is None else t.foreign(company.name, limit)
        for company_id, company in companies.items()
    }
    shown = Counter(names.values())
    return {
        company_id: name if name and shown[name] == 1 else _by_id(t, company_id, companies, limit)
        for company_id, name in names.items()
    }


def _by_id(
    t: Texts, company_id: CompanyId, companies: Mapping[CompanyId, Company | None], limit: int
) -> str:
    company = companies[company_id]
    return company_id if company is None else t.label(company, limit)

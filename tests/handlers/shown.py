"""Values to render, and what a reader sees of a screen."""

from datetime import UTC, datetime, timedelta

from bot.actions.results import CompanyCard, GatewayCard, Overview
from bot.alerts.courier import IncidentEntry, MessageKind, OutgoingMessage
from bot.domain.access import Grant, Person, Role, UserId
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus
from bot.domain.session import State
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.sandbox.telegram.html import read_html
from bot.sandbox.telegram.keyboards import read_keyboard
from bot.texts import Catalogs

NOW = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)
LONGEST_ID = "x" * 50
HOSTILE = "</b><script>\u202e\n" + "щ" * 5000
ANSWERS = GatewayCard(name="main", silent_since=None, last_ok_at=NOW)
SILENT = GatewayCard(name="main", silent_since=NOW - timedelta(minutes=3), last_ok_at=NOW)
CATALOGS = Catalogs()
RU, EN = CATALOGS.speaking("ru"), CATALOGS.speaking("en")


def company(company_id="962302", name="Салон", **more):
    return Company(
        id=CompanyId(company_id),
        gateway=GatewayName("main"),
        session_key=company_id,
        name=name,
        **more,
    )


def incident(symptom=Symptom.REVOKED, **more):
    values = {
        "id": IncidentId(7),
        "trouble": Trouble.SESSION_DOWN,
        "symptom": symptom,
        "severity": Severity.CRITICAL,
        "gateway": GatewayName("main"),
        "company_id": CompanyId("962302"),
        "opened_at": NOW,
        "began_at": NOW,
    }
    return Incident(**(values | more))


def entry(symptom=Symptom.REVOKED, name="Салон", **more):
    one = incident(symptom, **more)
    return IncidentEntry(
        incident=one, company=None if one.company_id is None else company(one.company_id, name)
    )


def entries(count, symptom=Symptom.REVOKED, name="Салон", width=6, **more):
    return [
        entry(symptom, name, company_id=CompanyId(str(n).zfill(width)), id=IncidentId(n), **more)
        for n in range(1, count + 1)
    ]


def over(took, **more):
    return {"began_at": NOW - took, "closed_at": NOW} | more


def message(*every, kind=MessageKind.NEW, **more):
    return OutgoingMessage(
        kind=kind, address=ChatAddress(-100), entries=every, language="ru", **more
    )


def card(state=State.CONNECTED, incidents=(), gateway=ANSWERS, **known):
    about = known.pop("company", company())
    return CompanyCard(
        known=CompanyStatus(
            company=about, state=state, since=NOW, incidents=tuple(incidents), **known
        ),
        gateway=gateway,
        looked_at=gateway.last_ok_at,
        worst=max(incidents, key=lambda one: one.severity.rank, default=None),
    )


def overview(*cards, well=0, unseen=0, total=None, page=0, pages=1, gateways=(ANSWERS,)):
    return Overview(
        cards=cards,
        gateways=gateways,
        total=len(cards) if total is None else total,
        well=well,
        unseen=unseen,
        page=page,
        pages=pages,
        now=NOW,
    )


def person(role=Role.OPERATOR, company_id=None):
    grant = Grant(user_id=UserId(5), role=role, company_id=company_id)
    return Person(user_id=UserId(5), name="Анна", grants=(grant,))


def words(screen):
    """The text as Telegram shows it; an error when Telegram would refuse it."""
    text = screen.text if hasattr(screen, "text") else screen.caption
    return read_html(text).plain


def buttons(screen):
    """What each button says, with what it carries; an error when Telegram would refuse them."""
    if screen.keyboard is None:
        return {}
    rows = read_keyboard(screen.keyboard.model_dump(exclude_none=True))
    return {one["text"]: one["callback_data"] for row in rows for one in row}


def carried(screen):
    return list(buttons(screen).values())


def styles(screen):
    rows = [] if screen.keyboard is None else screen.keyboard.inline_keyboard
    return {one.callback_data: one.style for row in rows for one in row}


def units(text):
    return len(text.encode("utf-16-le")) // 2

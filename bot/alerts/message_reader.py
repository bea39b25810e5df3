"""Reads what planned messages tell of: one consistent view, few statements for many."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.alerts.compose import (
    REPLIES,
    ComposedMessage,
    MessageFacts,
    MessageSubject,
    compose,
    compose_system_notices,
    shared_card,
    subject_of,
)
from bot.alerts.courier import IncidentEntry, MessageKind
from bot.alerts.grouping import SendPlan
from bot.alerts.pending import newest_last
from bot.domain.company import Company, CompanyId
from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, Notice
from storage.alerts import cards, incidents, outbox, system_notices
from storage.alerts.cards import CardPlace
from storage.chats import chats, subscriptions
from storage.database import Transaction
from storage.sessions import companies

_OF_CARDS = REPLIES | {MessageKind.SUMMARY}  # they have to know where their incidents stand


async def read_messages(
    tx: Transaction, send_plans: Sequence[SendPlan], default_language: str, now: datetime
) -> list[ComposedMessage | None]:
    """The message of each plan as things are now; None where somebody has settled it meanwhile."""
    chosen = await chats.languages(
        tx, sorted({send_plan.address.chat_id for send_plan in send_plans})
    )
    languages = {
        send_plan: chosen.get(send_plan.address.chat_id, default_language)
        for send_plan in send_plans
    }
    of_system_notices = [
        send_plan for send_plan in send_plans if send_plan.kind is MessageKind.SYSTEM_NOTICE
    ]
    all_composed = (
        await _read_system_notices(tx, of_system_notices, languages, now)
        if of_system_notices
        else {}
    )
    subjects = await _read_subjects(
        tx,
        [send_plan for send_plan in send_plans if send_plan.kind is not MessageKind.SYSTEM_NOTICE],
    )
    facts = await _read_facts(tx, subjects)
    for subject in subjects:
        all_composed[subject.send_plan] = compose(subject, facts, languages[subject.send_plan])
    return [all_composed.get(send_plan) for send_plan in send_plans]


async def read_entries(tx: Transaction, ids: Iterable[IncidentId]) -> tuple[IncidentEntry, ...]:
    """In the order of the incidents' ids, so that later edits keep it."""
    found = await incidents.get_many(tx, sorted(ids))
    known = await _companies(tx, [incident.company_id for incident in found.values()])
    return tuple(
        IncidentEntry(
            incident=incident,
            company=known.get(incident.company_id) if incident.company_id else None,
        )
        for _, incident in sorted(found.items())
    )


async def _companies(tx: Transaction, ids: Iterable[CompanyId | None]) -> dict[CompanyId, Company]:
    return await companies.get_many(
        tx, list(dict.fromkeys(company_id for company_id in ids if company_id is not None))
    )


async def _read_subjects(tx: Transaction, send_plans: Sequence[SendPlan]) -> list[MessageSubject]:
    """Those whose card is there, where they have one."""
    known = await cards.get_many(
        tx, {send_plan.card_id for send_plan in send_plans if send_plan.card_id is not None}
    )
    ids_of = {
        send_plan: send_plan.incident_ids for send_plan in send_plans if send_plan.card_id is None
    }
    ids_of |= {
        send_plan: known[send_plan.card_id].incident_ids
        for send_plan in send_plans
        if send_plan.card_id in known
    }
    entries = await read_entries(
        tx, {incident_id for ids in ids_of.values() for incident_id in ids}
    )
    entry_of = {entry.incident.id: entry for entry in entries}
    as_heard = await _read_hearing(tx, entries)
    return [
        subject_of(
            send_plan,
            None if send_plan.card_id is None else known[send_plan.card_id],
            tuple(
                as_heard(send_plan.address, entry_of[incident_id])
                for incident_id in sorted(ids)
                if incident_id in entry_of
            ),
        )
        for send_plan, ids in ids_of.items()
    ]


async def _read_hearing(
    tx: Transaction, entries: Iterable[IncidentEntry]
) -> Callable[[ChatAddress, IncidentEntry], IncidentEntry]:
    """Removes counts of companies for places that are not subscribed to all of them."""
    gateways = {entry.incident.gateway for entry in entries if entry.incident.company_id is None}
    if not gateways:
        return lambda _address, entry: entry
    counted = [company for company in await companies.all_of(tx) if company.gateway in gateways]
    heard: dict[ChatAddress, set[CompanyId | None]] = {}
    for subscription in await subscriptions.heard(tx):
        heard.setdefault(subscription.address, set()).add(subscription.company_id)

    def as_heard(address: ChatAddress, entry: IncidentEntry) -> IncidentEntry:
        ids, incident = heard.get(address, set()), entry.incident
        if incident.company_id is not None or None in ids:
            return entry
        if all(company.id in ids for company in counted if company.gateway == incident.gateway):
            return entry
        return replace(entry, incident=incident.uncounted())

    return as_heard


async def _read_facts(tx: Transaction, subjects: Sequence[MessageSubject]) -> MessageFacts:
    notices: dict[ChatAddress, list[Notice]] = {}
    for notice in await outbox.pending_of(tx, _addresses(subjects), _ids(subjects)):
        notices.setdefault(notice.address, []).append(notice)
    placed = [subject for subject in subjects if subject.send_plan.kind in _OF_CARDS]
    places: dict[ChatAddress, dict[IncidentId, CardPlace]] = {}
    for place in newest_last(await cards.places_of(tx, _addresses(placed), _ids(placed))):
        places.setdefault(place.address, {})[place.incident_id] = place
    shared = {
        shared_card(subject, places) for subject in placed if subject.send_plan.kind in REPLIES
    }
    back = [subject for subject in placed if subject.send_plan.kind is MessageKind.BACK]
    return MessageFacts(
        notices=notices,
        places=places,
        cards=await cards.get_many(tx, shared - {0}),
        on_again=frozenset(await incidents.on_again(tx, _ids(back))),
    )


def _addresses(subjects: Iterable[MessageSubject]) -> set[ChatAddress]:
    return {subject.send_plan.address for subject in subjects}


def _ids(subjects: Iterable[MessageSubject]) -> list[IncidentId]:
    return sorted({incident_id for subject in subjects for incident_id in subject.ids})


async def _read_system_notices(
    tx: Transaction,
    send_plans: Iterable[SendPlan],
    languages: Mapping[SendPlan, str],
    now: datetime,
) -> dict[SendPlan, ComposedMessage | None]:
    pending = {notice.id: notice for notice in await system_notices.pending(tx, now)}
    notices = [
        pending[system_notice_id].system_notice
        for send_plan in send_plans
        for system_notice_id in send_plan.system_notice_ids
        if system_notice_id in pending
    ]
    known = await _companies(tx, [system_notice.company_id for system_notice in notices])
    return {
        send_plan: compose_system_notices(send_plan, pending, known, languages[send_plan])
        for send_plan in send_plans
    }

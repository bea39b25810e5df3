"""What can happen in the world outside: a phone scans, a device is removed, a connection drops.

An act is one row of the table and one method of the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.company import GatewayCompany
from bot.sandbox.gateway.limit_acts import LimitActs
from bot.sandbox.gateway.pool import Pool
from bot.sandbox.gateway.session import Phase, Session
from bot.sandbox.gateway.take_over import fight
from bot.sandbox.gateway.traffic import Traffic

_MORE_PRE_KEYS = 150
_DAMAGED_MESSAGES = 60


class NotNow(Exception):
    """The act is impossible in the present state. The caller's fault; try in another state."""


@dataclass(frozen=True, kw_only=True)
class SessionAct:
    """One thing that can happen to a session, and in which phases it can."""

    name: str
    label_ru: str
    label_en: str
    phases: frozenset[Phase]
    danger: bool = False

    def shown(self) -> dict[str, object]:
        """The act as the control panel gets it."""
        return {
            "act": self.name,
            "label_ru": self.label_ru,
            "label_en": self.label_en,
            "danger": self.danger,
        }


_SHOWING = frozenset({Phase.SHOWING})
_OPEN = frozenset({Phase.OPEN})
_ALIVE = frozenset({Phase.OPEN, Phase.ZOMBIE})
_LINKED = _ALIVE | {Phase.CLOSED, Phase.STOPPED}
_FOUGHT_OVER = _LINKED | {Phase.CONNECTING}


def _act(
    name: str, label_ru: str, label_en: str, phases: frozenset[Phase], *, danger: bool = False
) -> SessionAct:
    return SessionAct(name=name, label_ru=label_ru, label_en=label_en, phases=phases, danger=danger)


ACTS: Mapping[str, SessionAct] = {
    act.name: act
    for act in (
        _act("scan", "Отсканировать код", "Scan the code", _SHOWING),
        _act("scan_other_number", "Скан с чужого номера", "Scan with another number", _SHOWING),
        _act("scan_refused", "Скан, но WhatsApp откажет", "Scan, WhatsApp refuses", _SHOWING),
        _act("needs_passkey", "Скан, нужен passkey", "Scan, a passkey is wanted", _SHOWING),
        _act("enter_code", "Ввести код привязки", "Enter the pairing code", _SHOWING),
        _act("device_removed", "Отвязать устройство", "Remove the device", _LINKED, danger=True),
        _act("drop", "Обрыв связи на время", "Drop the connection for a while", _OPEN),
        _act("drop_for_good", "Обрыв связи насовсем", "Drop it for good", _OPEN, danger=True),
        _act("zombie", "Мёртвый сокет", "Dead socket", _OPEN),
        _act("files_grow", "+150 ключей", "+150 key files", _OPEN),
        _act("bad_mac", "60 повреждённых сообщений", "60 damaged messages", _OPEN),
        _act("second_process", "Второй процесс с той же сессией", "A second process", _OPEN),
        _act("rival", "Кто-то всё время выбивает", "Somebody keeps throwing it out", _OPEN),
        _act("rival_stops", "Тот больше не выбивает", "That one stops", _FOUGHT_OVER),
        _act("account_restricted", "Заблокировать аккаунт", "Lock the account", _OPEN, danger=True),
        _act("account_allowed", "Разблокировать аккаунт", "Unlock the account", _LINKED),
        _act("may_not_write_first", "Запретить писать первым", "May not write first", _OPEN),
        _act("sends_refused", "Отказ в отправке (463)", "Sends refused (463)", _OPEN),
        _act("quota_used_up", "Исчерпать квоту чатов", "Use up the quota of chats", _OPEN),
        _act("restriction_lifted", "Снять ограничение", "Lift the restriction", _OPEN),
        _act("goes_deaf", "Перестать слышать входящие", "Hears nothing any more", _OPEN),
        _act("customer_writes", "Клиент написал", "A customer writes", _OPEN),
        _act("damage_creds", "Испортить creds.json", "Damage creds.json", _ALIVE, danger=True),
    )
}


class Acts:
    """Lets things happen to sessions."""

    def __init__(
        self, pool: Pool, companies: Mapping[str, GatewayCompany], traffic: Traffic
    ) -> None:
        self._pool = pool
        self._limits = LimitActs(pool, traffic)
        self._companies = companies
        self._session_acts = {
            "scan": self._scan,
            "scan_other_number": self._scan_other_number,
            "scan_refused": self._scan_refused,
            "needs_passkey": self._needs_passkey,
            "enter_code": self._enter_code,
            "drop": self._drop,
            "drop_for_good": self._drop_for_good,
            "zombie": self._zombie,
            "files_grow": self._files_grow,
            "bad_mac": self._bad_mac,
            "second_process": self._second_process,
            "rival": self._rival,
            "account_restricted": self._account_restricted,
            "damage_creds": self._damage_creds,
            **self._limits.by_name(),
        }

    def possible(self, company: str) -> list[SessionAct]:
        """The acts that `perform` would accept for this company now, in the order of ACTS."""
        return [act for act in ACTS.values() if self._is_possible(act, company)]

    def perform(self, company: str, name: str) -> None:
        """Perform an act on a company.

        Raises NotNow where its phase forbids it, KeyError for an unknown company or act.
        """
        phase = self._pool.phase(company)
        if not self._is_possible(ACTS[name], company):
            raise NotNow(f"{name} is not possible while {phase}")
        if name == "device_removed":
            self._device_removed(company)
        elif name == "account_allowed":
            self._pool.whatsapp.locked.discard(self._account(company))
        elif name == "rival_stops":
            self._pool.rivals.discard(company)
        else:
            self._session_acts[name](self._pool.sessions[company])

    def _is_possible(self, act: SessionAct, company: str) -> bool:
        session = self._pool.sessions.get(company)
        if self._pool.phase(company) not in act.phases:
            return False
        if act.name in ("rival", "rival_stops"):
            return (company in self._pool.rivals) is (act.name == "rival_stops")
        if act.name == "enter_code":
            return session is not None and session.pairing_phone is not None
        if act.name == "account_allowed":
            return self._account(company) in self._pool.whatsapp.locked
        if act.name == "restriction_lifted":
            return self._limits.is_limited(company)
        return act.name != "device_removed" or self._identity(company) is not None

    def _creds(self, company: str) -> keys.Creds | None:
        session = self._pool.sessions.get(company)
        return session.creds if session else self._pool.directory(company).creds()

    def _account(self, company: str) -> str:
        """The number it is linked to, else the one it should be."""
        return keys.account_of(self._creds(company) or {}) or self._companies[company].phone

    def _identity(self, company: str) -> str | None:
        """The device that could be removed: one that WhatsApp has linked."""
        creds = self._creds(company)
        if creds is None or not keys.is_linked(creds):
            return None
        identity = keys.identity_of(creds)
        return identity if identity in self._pool.whatsapp.linked else None

    def _scan(self, session: Session) -> None:
        self._pool.pair(session, self._companies[session.id].phone)

    def _scan_other_number(self, session: Session) -> None:
        self._pool.pair(session, other_number(self._companies[session.id].phone))

    def _scan_refused(self, session: Session) -> None:
        self._scan(session)
        self._pool.whatsapp.remove(keys.identity_of(session.creds))

    def _needs_passkey(self, session: Session) -> None:
        self._pool.shown.pop(session.id, None)
        self._pool.log.say(session.id, "pairing refused: passkey verification required", 50)
        self._pool.log_out(session, 401, at_login=True)

    def _enter_code(self, session: Session) -> None:
        self._pool.pair(session, session.pairing_phone or self._companies[session.id].phone)

    def _device_removed(self, company: str) -> None:
        identity = self._identity(company)
        if identity is not None:
            self._pool.whatsapp.remove(identity)
        session = self._pool.sessions.get(company)
        # A socket that is not open hears of it at its next login.
        if session is not None and session.phase is Phase.OPEN:
            self._pool.log_out(session, 401)

    def _drop(self, session: Session) -> None:
        self._pool.closed(session.id, 428)
        self._pool.log.dump_session(session.id)
        self._pool.move(session, Phase.CLOSED)
        self._pool.live(session, self._pool.come_back)

    def _drop_for_good(self, session: Session) -> None:
        self._pool.closed(session.id, 428)
        session.attempts = 5
        self._pool.move(session, Phase.CLOSED)

    def _zombie(self, session: Session) -> None:
        session.attempts = 1
        self._pool.move(session, Phase.ZOMBIE)

    def _files_grow(self, session: Session) -> None:
        self._pool.log.say(session.id, "uploading pre-keys", count=_MORE_PRE_KEYS)
        self._pool.log.dump_session(session.id)
        session.directory.add_pre_keys(session.creds, _MORE_PRE_KEYS)

    def _bad_mac(self, session: Session) -> None:
        for _ in range(_DAMAGED_MESSAGES):
            self._pool.log.bad_mac(session.id)

    def _second_process(self, session: Session) -> None:
        self._pool.closed(session.id, 440)
        self._pool.move(session, Phase.CLOSED)
        self._pool.live(session, self._pool.come_back)

    def _rival(self, session: Session) -> None:
        self._pool.rivals.add(session.id)
        self._pool.live(session, partial(fight, self._pool))

    def _account_restricted(self, session: Session) -> None:
        self._pool.whatsapp.locked.add(self._account(session.id))
        self._pool.closed(session.id, 403, at_login=True)
        self._pool.move(session, Phase.CLOSED)

    def _damage_creds(self, session: Session) -> None:
        session.directory.truncate_creds()
        self._pool.reconnect(session)


def other_number(phone: str) -> str:
    """A wrong number: the same, digits only, with another last digit."""
    return phone[:-1] + str((int(phone[-1]) + 1) % 10)


def lose_whatsapp(pool: Pool) -> None:
    """WhatsApp goes out of reach: connected sessions drop, and reconnect when it is back."""
    pool.whatsapp.in_reach.clear()
    for session in [candidate for candidate in pool.sessions.values() if candidate.connected]:
        pool.closed(session.id, 428)
        pool.move(session, Phase.CLOSED)
        pool.live(session, pool.come_back)


def find_whatsapp(pool: Pool) -> None:
    """WhatsApp is in reach again and answers the waiting logins."""
    pool.whatsapp.in_reach.set()

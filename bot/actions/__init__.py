"""What a person may ask for. Knows nothing about Telegram.

Enters: a person, and what they want. Leaves: a result value, or one of the errors of
`bot.actions.errors`. Rights are checked here, at the moment of the act, and nowhere else.
"""

from dataclasses import dataclass

from bot.actions.acks import Acks
from bot.actions.answers import Answers
from bot.actions.audit import Audit
from bot.actions.boards import BoardWishes
from bot.actions.chats import Chats
from bot.actions.checklists import Checklists
from bot.actions.companies import Companies
from bot.actions.confirmations import Confirmations
from bot.actions.digests import DigestWishes
from bot.actions.gateways import Gateways
from bot.actions.incidents import Incidents
from bot.actions.logs import Logs
from bot.actions.memory import Memory
from bot.actions.mutes import Mutes
from bot.actions.numbers import Numbers
from bot.actions.onboarding import OnboardingPages
from bot.actions.pairing import Pairings
from bot.actions.people import People
from bot.actions.probes import Probes
from bot.actions.quiet_hours import QuietHoursOfChats
from bot.actions.reload import ReloadByPerson
from bot.actions.repairs import Repairs
from bot.actions.reports import Reports
from bot.actions.restart import GatewayRestarts
from bot.actions.rests import Rests
from bot.actions.status import Status
from bot.actions.timezones import Zones


@dataclass(frozen=True, kw_only=True)
class Actions:
    """Everything that can be asked for, by subject."""

    status: Status
    logs: Logs
    reports: Reports
    incidents: Incidents
    audit: Audit
    confirmations: Confirmations
    repairs: Repairs
    probes: Probes
    checklists: Checklists
    restarts: GatewayRestarts
    pairings: Pairings
    people: People
    gateways: Gateways
    companies: Companies
    reload: ReloadByPerson
    numbers: Numbers
    chats: Chats
    acks: Acks
    mutes: Mutes
    rests: Rests
    quiet_hours: QuietHoursOfChats
    timezones: Zones
    onboarding: OnboardingPages
    boards: BoardWishes
    digests: DigestWishes
    memory: Memory
    answers: Answers

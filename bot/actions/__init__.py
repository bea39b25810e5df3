"""What a person may ask for. Knows nothing about Telegram.

Enters: a person, and what they want. Leaves: a result value, or one of the errors of
`bot.actions.errors`. Rights are checked here, at the moment of the act, and nowhere else.
"""

from dataclasses import dataclass

from bot.actions.acks import Acking
from bot.actions.answers import Answers
from bot.actions.audit import Auditing
from bot.actions.boards import BoardWishes
from bot.actions.chats import Chats
from bot.actions.checklists import Recovering
from bot.actions.companies import Companies
from bot.actions.confirmations import Asking
from bot.actions.digests import DigestWishes
from bot.actions.gateways import Gateways
from bot.actions.incidents import Incidents
from bot.actions.logs import Logs
from bot.actions.memory import Memory
from bot.actions.mutes import Muting
from bot.actions.numbers import Numbers
from bot.actions.onboarding import Touring
from bot.actions.pairing import Showing
from bot.actions.people import People
from bot.actions.probes import Probing
from bot.actions.quiet_hours import Quieting
from bot.actions.reload import Reloading
from bot.actions.repairs import Repairing
from bot.actions.reports import Reporting
from bot.actions.restart import Restarting
from bot.actions.status import Looking
from bot.actions.timezones import Zones


@dataclass(frozen=True, kw_only=True)
class Actions:
    """Everything that can be asked for, by subject."""

    looking: Looking
    logs: Logs
    reporting: Reporting
    incidents: Incidents
    auditing: Auditing
    asking: Asking
    repairing: Repairing
    probing: Probing
    recovering: Recovering
    restarting: Restarting
    showing: Showing
    people: People
    gateways: Gateways
    companies: Companies
    reloading: Reloading
    numbers: Numbers
    chats: Chats
    acking: Acking
    muting: Muting
    quieting: Quieting
    zones: Zones
    touring: Touring
    boards: BoardWishes
    digests: DigestWishes
    memory: Memory
    answers: Answers

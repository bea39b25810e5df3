"""The guided tour of the demo: ticks off what a newcomer should see once.

Enters: what the two sandboxes saw happen. Leaves: steps of the world's `tour`, each ticked once.
Nothing on the tour itself can be pressed: a step is done when it really happened.
"""

from bot.sandbox.gateway import Happening, Phase
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.world import Event, World

STEPS = ("lose", "alert", "code", "scan", "proof", "status", "let_in")
LOGGED_OUT = 401  # what WhatsApp closes a session with whose device was removed
_GOOD_ENDS = ("🟢", "✅")  # what the bot begins with where it tells that a session works again


class DemoTour:
    """Listens to a world, and is told of a gateway's sessions by `session_moved`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lost: set[str] = set()
        self._showing: set[str] = set()
        self._paired: set[str] = set()
        self._asked: set[int] = set()  # chats in which somebody wrote /status
        self._granted: set[int] = set()  # who was let in
        self._came: set[int] = set()  # who of them has written to the bot since
        world.tour = dict.fromkeys(STEPS, False)
        world.listeners.append(self._heard)

    def session_moved(self, happening: Happening) -> None:
        """A session of the gateway has moved."""
        company, phase = happening.company, happening.phase
        if phase is Phase.OPEN:
            if company in self._showing:
                self._paired.add(company)
                self._world.tick_off("scan")
            self._lost.discard(company)
            self._showing.discard(company)
        elif phase is Phase.SHOWING:
            self._showing.add(company)
        elif phase in {Phase.CLOSED, Phase.STOPPED} and happening.closed_with == LOGGED_OUT:
            self._lost.add(company)
            self._paired.discard(company)
            self._world.tick_off("lose")

    def _heard(self, event: Event) -> None:
        message = event.message
        if message is None or event.kind not in {"message", "edit"}:
            return
        if message.sender.id != self._world.bot.id:
            self._by_person(message)
        elif event.kind == "message":
            alert = self._tells_of_a_loss(message)
            self._tick_off(
                alert=alert,
                status=message.chat.id in self._asked and not alert,
                let_in=message.chat.id in self._came and bool(message.buttons),
            )
        if message.sender.id == self._world.bot.id:
            self._tick_off(code=self._shows_a_code(message), proof=self._tells_a_good_end(message))

    def _tick_off(self, **happened: bool) -> None:
        for step, done in happened.items():
            if done:
                self._world.tick_off(step)

    def _by_person(self, message: Message) -> None:
        command, *words = message.text.split() or [""]
        command = command.partition("@")[0]
        if command == "/status":
            self._asked.add(message.chat.id)
        elif command == "/grant" and words and words[0].isdigit():
            self._granted.add(int(words[0]))
        elif message.chat.id in self._granted:
            self._came.add(message.chat.id)

    def _tells_of_a_loss(self, message: Message) -> bool:
        loud = not message.silent and bool(message.buttons)
        return loud and _names(message, self._lost)

    def _shows_a_code(self, message: Message) -> bool:
        to_copy = any("copy_text" in button for button in message.buttons)
        return bool(self._showing) and (message.photo is not None or to_copy)

    def _tells_a_good_end(self, message: Message) -> bool:
        return message.text.startswith(_GOOD_ENDS) and _names(message, self._paired)


def _names(message: Message, companies: set[str]) -> bool:
    return any(company in message.text for company in companies)

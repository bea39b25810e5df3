"""What may happen to the gateway as a whole, with its words on the panel."""

from bot.sandbox.gateway.codes import Codes
from bot.sandbox.gateway.faults import Fault
from bot.sandbox.gateway.whatsapp import WhatsApp

CODE_ACTS = {
    "codes_given": Codes.GIVEN,
    "codes_unsupported": Codes.UNSUPPORTED,
    "codes_limited": Codes.LIMITED,
}
WHATSAPP_ACTS = ("whatsapp_away", "whatsapp_back")
LABELS = {
    "gateway_down": ("Шлюз недоступен", "Gateway down"),
    "gateway_up": ("Шлюз снова работает", "Gateway up again"),
    "gateway_restart": ("Перезапуск шлюза", "Restart the gateway"),
    "gateway_restart_auto": ("Перезапуск с автостартом", "Restart, sessions start by themselves"),
    "hang": ("Шлюз завис", "Gateway hangs"),
    "garbage": ("Шлюз отвечает мусором", "Gateway answers garbage"),
    "list_fails": ("Список сессий: ошибка 500", "Its list fails: 500"),
    "list_garbage": ("Список сессий: мусор", "Its list is garbage"),
    "list_silent": ("Список сессий: пустой ответ", "Its list is an empty answer"),
    "list_hangs": ("Список сессий завис", "Its list hangs"),
    "whatsapp_away": ("WhatsApp недоступен всем", "WhatsApp out of everybody's reach"),
    "whatsapp_back": ("WhatsApp снова доступен", "WhatsApp is there again"),
    "codes_unsupported": ("Сборка без кодов привязки", "A build without pairing codes"),
    "codes_limited": ("WhatsApp: слишком много кодов", "WhatsApp: too many codes"),
    "codes_given": ("Коды привязки снова выдаются", "Pairing codes again"),
}


def possible(fault: Fault, codes: Codes, whatsapp: WhatsApp) -> list[dict[str, object]]:
    """The acts that would change anything now: their names, and what the panel calls them."""
    works = fault is Fault.NONE
    pointless = {"codes_given"} if codes is Codes.GIVEN else CODE_ACTS.keys() - {"codes_given"}
    pointless |= {"whatsapp_back" if whatsapp.in_reach.is_set() else "whatsapp_away"}
    return [
        {"act": act, "label_ru": ru, "label_en": en}
        for act, (ru, en) in LABELS.items()
        if works is (act != "gateway_up") and act not in pointless
    ]

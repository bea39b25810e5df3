import httpx
import pytest
from recorded import KEY, LINES, Recorded, adapter, json_transport

from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    PairingCode,
    RateLimited,
    Unsupported,
)

PHONE = "79000962302"


async def ask(status, body, asked=None):
    def answer(request):
        if asked is not None:
            asked.append(request)
        return httpx.Response(status, json=body)

    return await adapter(json_transport(answer)).request_pairing_code(KEY, PHONE)


@pytest.mark.parametrize("line", LINES)
async def test_a_recorded_code_is_read(line):
    transport = Recorded(line, "45-pairing-code")
    code = await adapter(transport).request_pairing_code(KEY, PHONE)
    assert (len(code.code), code.code[4], code.phone, code.expires_in_s) == (9, "-", PHONE, 60)
    assert transport.asked == [f"POST /api/whatsapp/sessions/{KEY}/pairing-code"]


@pytest.mark.parametrize("line", LINES)
async def test_a_build_without_the_method_has_no_codes(line):
    with pytest.raises(Unsupported):
        await adapter(Recorded(line, "52-pairing-code-unsupported")).request_pairing_code(
            KEY, PHONE
        )


@pytest.mark.parametrize("line", LINES)
async def test_a_build_without_the_route_has_no_codes(line):
    with pytest.raises(Unsupported):
        await adapter(Recorded(line)).request_pairing_code(KEY, PHONE)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"success": False, "error": "phoneNumber is required"}, Unsupported),
        (429, {"success": False}, RateLimited),
        (500, {"success": False, "error": "rate-overlimit"}, RateLimited),
        (500, {"success": False, "error": "Connection Closed"}, GatewayUnreachable),
        (503, {"success": False}, GatewayUnreachable),
        (200, {"success": False}, GatewayConfused),
        (200, {"success": True, "code": None}, GatewayConfused),
        (200, {"success": True, "code": "<b>12345678</b>"}, GatewayConfused),
        (200, {"success": True, "code": "1234567"}, GatewayConfused),
    ],
)
async def test_what_is_no_code_is_a_typed_error_and_is_not_asked_again(status, body, error):
    asked = []
    with pytest.raises(error) as raised:
        await ask(status, body, asked)
    assert len(asked) == 1
    assert PHONE not in str(raised.value)


@pytest.mark.parametrize("life_s", [0, -1, 1e9, "60", True, None])
async def test_a_lifetime_that_cannot_be_is_not_promised(life_s):
    code = await ask(200, {"success": True, "code": "abcdefgh", "expiresIn": life_s})
    assert (code.code, code.expires_in_s) == ("ABCD-EFGH", None)


def test_a_pairing_code_does_not_print_itself():
    code = PairingCode(code="FAKE-CODE", phone=PHONE)
    assert "FAKE" not in f"{code!r} {code}"
    assert PHONE not in repr(code)

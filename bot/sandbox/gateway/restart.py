"""The command that restarts the sandbox gateway: `python -m bot.sandbox.gateway.restart URL`.

It stands where an operator writes `pm2 restart …`.
"""

import json
import sys
import urllib.error
import urllib.request

_TIMEOUT_S = 10


def act(url: str, name: str) -> bool:
    """Perform an act on the gateway; False where its present state forbids it."""
    body = json.dumps({"company": None, "act": name}).encode()
    request = urllib.request.Request(  # noqa: S310 - the sandbox's own address
        f"{url}/sandbox/act", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310 - as above
            return True
    except urllib.error.HTTPError:
        return False


def restart(url: str) -> bool:
    """Restart it, from whatever trouble it is in."""
    act(url, "gateway_up")
    return act(url, "gateway_restart")


if __name__ == "__main__":
    print("restarting the sandbox gateway")  # noqa: T201 - the output of a command
    sys.exit(0 if restart(sys.argv[1]) else 1)

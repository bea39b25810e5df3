"""Whether the words of a failed send say that there is nothing to send by.

Libraries, browsers and sockets say it in words of their own: something that messages go out by is
closed, or gone. So the words are told by their kind, not by their sentence. What a number, a
payload or a limit is refused for is none of these, and nothing follows from it; nor from a time
that was up, for what took too long may have gone out.
"""

import re

_WAY = (
    r"(?:connection|session|page|browser|socket|websocket|target|context|frame|tab|stream|client)"
)
_GONE = (
    r"(?:closed|closing|lost|crashed|destroyed|detached|disconnected|terminated|gone|ended|killed"
    r"|aborted|not\s+(?:open|opened|connected|ready|running|available|active|found|initiali[sz]ed)"
    r"|is\s+down)"
)
_BETWEEN = r"[\s\"':.,()_-]{1,6}(?:\w{1,20}[\s\"':.,()_-]{1,6}){0,4}?"
_SAYS_GONE = re.compile(
    rf"\b{_WAY}\b{_BETWEEN}{_GONE}\b|\b{_GONE}\b{_BETWEEN}{_WAY}\b|\bnot\s+(?:connected|logged\s+in)\b",
    re.IGNORECASE,
)
_LONGEST = 2000  # what comes after that is a trace


def says_no_way_out(said: object) -> bool:
    """Whether these words, of an answer that failed, say so."""
    return _SAYS_GONE.search(str(said)[:_LONGEST]) is not None

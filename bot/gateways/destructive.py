"""What an error may say once credentials may be gone: never that nothing was done."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.gateways.base import GatewayError, GatewayUnreachable


@contextmanager
def unclear_if_it_fails() -> Iterator[None]:
    """Within it every error is GatewayUnreachable: nobody knows how far it went."""
    try:
        yield
    except GatewayUnreachable:
        raise
    except GatewayError as error:
        raise GatewayUnreachable(f"credentials may be gone, and then: {error}") from None

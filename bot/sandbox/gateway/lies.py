"""Where a gateway contradicts itself: what its list says, and what it says of one session."""

from dataclasses import dataclass, field

from bot.sandbox.gateway.company import GatewayCompany


@dataclass(kw_only=True)
class Lies:
    """What a gateway says that is not so.

    Of `claimed` it says that they are connected, and names no number; of `claimed_by_list` its list
    alone says so. Older builds, that tell of no limits beside a number, have `tells_limits` False.
    `ghosts` stand in its list, and asked for by themselves it knows none of them.
    """

    claimed: set[str] = field(default_factory=set)
    claimed_by_list: set[str] = field(default_factory=set)
    ghosts: dict[str, GatewayCompany] = field(default_factory=dict)
    tells_limits: bool = True

    def claims(self, company: str, *, in_list: bool = False) -> bool:
        """Whether the gateway says against the truth that this one is connected."""
        return company in self.claimed or (in_list and company in self.claimed_by_list)

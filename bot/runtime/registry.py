"""The gateways there are now, with what belongs to each."""

from dataclasses import dataclass, field

from bot.authdir import SessionsTemplate
from bot.domain.company import GatewayName
from bot.domain.gateway_view import RefusedPush
from bot.gateways.base import GatewayAdapter
from bot.monitor.files import FilesChecker
from bot.monitor.logs.follower import LogFollower
from bot.monitor.look import Looker


@dataclass(frozen=True, kw_only=True)
class GatewayRuntime:
    """What belongs to one gateway.

    None where its directories are out of reach or it names no log, an empty command where nobody
    said how it is restarted.
    """

    adapter: GatewayAdapter
    looker: Looker
    template: SessionsTemplate | None
    files: FilesChecker | None
    follower: LogFollower | None
    command: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GatewayRegistry:
    """All of them. Its maps are shared: who holds one sees every change."""

    adapters: dict[GatewayName, GatewayAdapter] = field(default_factory=dict)
    lookers: dict[GatewayName, Looker] = field(default_factory=dict)
    templates: dict[GatewayName, SessionsTemplate] = field(default_factory=dict)
    files: dict[GatewayName, FilesChecker] = field(default_factory=dict)
    followers: dict[GatewayName, LogFollower] = field(default_factory=dict)
    followed: dict[GatewayName, LogFollower] = field(default_factory=dict)
    commands: dict[GatewayName, tuple[str, ...]] = field(default_factory=dict)
    refused_pushes: dict[GatewayName, RefusedPush] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)  # of the environment, holding keys

    def put(self, name: GatewayName, runtime: GatewayRuntime) -> None:
        """Have this gateway from now on, in the place of one of the same name."""
        self.remove(name)
        self.adapters[name] = runtime.adapter
        self.lookers[name] = runtime.looker
        if runtime.template is not None:
            self.templates[name] = runtime.template
        if runtime.files is not None:
            self.files[name] = runtime.files
        if runtime.follower is not None:
            self.followers[name] = runtime.follower
        if runtime.command:
            self.commands[name] = runtime.command

    def remove(self, name: GatewayName) -> None:
        """It is not there any more."""
        self.adapters.pop(name, None)
        self.lookers.pop(name, None)
        self.templates.pop(name, None)
        self.files.pop(name, None)
        self.followers.pop(name, None)
        self.commands.pop(name, None)
        self.refused_pushes.pop(name, None)

    def follow(self, name: GatewayName) -> None:
        """Begin to follow the log of this gateway, if it has one."""
        follower = self.followers.get(name)
        if follower is not None and name not in self.followed:
            follower.start()
            self.followed[name] = follower

    async def unfollow(self, name: GatewayName) -> None:
        """Let go of this gateway's log."""
        follower = self.followed.pop(name, None)
        if follower is not None:
            await follower.stop()

    async def aclose(self) -> None:
        """Let go of the gateways' connections."""
        for adapter in self.adapters.values():
            await adapter.aclose()

"""A daemon that is not there; for tests and dry runs."""

from pathlib import Path

from tenant_agent import wire
from tenant_agent.design import Design
from tenant_agent.drivers import NotServing, Rejected
from tenant_agent.render import File, Tree


class FakeDriver:
    """Renders one file with the node's hostname and keeps a diary of what it was asked."""

    def __init__(self, name: str, directory: Path, *, role: str | None = None) -> None:
        self.name = name
        self.directory = directory
        self.diary: list[str] = []
        self.rejects: str | None = None
        """A text that the checker does not accept."""
        self.breaks: str | None = None
        """A text with which the daemon does not serve."""
        self.stumbles: str | None = None
        """A text that it cannot be reloaded with."""
        self._role = role

    def render(self, design: Design) -> Tree | None:
        if self._role is not None and self._role not in design.node.roles:
            return None
        parameters = design.daemons.dovecot if self.name == "dovecot" else design.daemons.postfix
        more = "".join(f"{name} = {value}\n" for name, value in parameters.items())
        return {f"{self.name}.conf": File(text=f"hostname = {design.node.hostname}\n{more}")}

    async def check(self, staged: Path) -> None:
        self.diary.append("check")
        if self._holds(staged, self.rejects):
            raise Rejected(f"{self.name}: not acceptable")

    async def reload(self) -> None:
        self.diary.append("reload")
        if self._holds(self.directory, self.stumbles):
            raise NotServing(f"{self.name} cannot be reloaded")

    async def probe(self, node: wire.NodeItem) -> None:
        del node
        self.diary.append("probe")
        if self._holds(self.directory, self.breaks):
            raise NotServing(f"{self.name} does not answer")

    def _holds(self, directory: Path, text: str | None) -> bool:
        return text is not None and text in (directory / f"{self.name}.conf").read_text()

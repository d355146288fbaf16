"""Which relays a sender's mail may leave by: those that it was routed to, or for people those of their tenant."""

from collections.abc import Sequence
from functools import partial

from tenant_agent import rerouting, wire
from tenant_agent.journal import Journal
from tenant_agent.owners import Owners
from tenant_agent.relays import scope
from tenant_agent.relays.book import RelayBook


class Whose:
    """Knows mail of the platform by its token, and mail that people submit by its domain."""

    def __init__(self, book: RelayBook, journal: Journal, owners: Owners) -> None:
        self._book = book
        self._journal = journal
        self._owners = owners

    def relays_of(self, sender: str) -> Sequence[wire.RelayItem]:
        """List the relays; a delivery that is being given another way may leave by either."""
        routed = self._journal.read(partial(rerouting.relays_of, sender=sender))
        if routed:
            return [relay for relay_id in routed if (relay := self._book.find(relay_id)) is not None]
        domain = sender.rpartition("@")[2]
        tenant_id = self._owners.tenant_of_domain(domain)
        if tenant_id is None:
            return ()
        return [relay for relay in self._book.of_tenant(tenant_id) if scope.takes_from(relay, domain)]

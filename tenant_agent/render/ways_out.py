"""The part of Postfix's configuration by which mail leaves: one transport for each sending address and class."""

import ipaddress
from collections.abc import Sequence

from tenant_agent import wire
from tenant_agent.layout import Layout
from tenant_agent.relays.walls import Walls, reply_filter
from tenant_agent.transports import WISHES_STAY, Transport, planned, transport_of

NO_TRANSPORT = "retry:4.3.5 No sending address was chosen for this message"
REROUTED = "rerouted"
"""The map of what was given another way after it was queued: sender → transport and next hop."""

_REUSE_SECONDS = 300
"""For how long one connection is used at most: providers end those that stay."""


def main_cf(
    node: wire.NodeItem, layout: Layout, shaping: wire.ShapingItem, walls: Walls | None = None, *, takes_mail: bool
) -> list[str]:
    """Give the lines of `main.cf`."""
    return [
        "",
        # Whoever sends is given a transport by the policy service. What was not, waits: it must not leave from an
        # address that nobody chose. Only Postfix's own notices (null sender) have one by default, and what was taken
        # back out of the queue to leave another way.
        f"default_transport = {NO_TRANSPORT}",
        *_exceptions(node, layout),
        *([] if takes_mail else ["relay_transport = $default_transport"]),
        "local_transport = error:5.1.1 There are no local users here",
        "smtp_tls_security_level = may",
        "smtp_tls_loglevel = 1",
        "smtp_tls_CApath = /etc/ssl/certs",
        "smtp_tls_session_cache_database = lmdb:${data_directory}/smtp_scache",
        "smtp_bind_address_enforce = yes",
        # Whoever may send chooses a domain, and its owner where its MX leads: to no server on the inside.
        f"smtp_dns_reply_filter = {reply_filter((walls or Walls()).allowed).replace('$', '$$')}",
        *(line for each in _transports(node, shaping) for line in _limits(each)),
    ]


def master_cf(node: wire.NodeItem, shaping: wire.ShapingItem) -> list[str]:
    """Give the lines of `master.cf`."""
    return [line for each in _transports(node, shaping) for line in _service(each)]


def _transports(node: wire.NodeItem, shaping: wire.ShapingItem) -> Sequence[Transport]:
    return planned(node.ips, shaping) if "outbound" in node.roles else ()


def _exceptions(node: wire.NodeItem, layout: Layout) -> list[str]:
    if not ("outbound" in node.roles and node.ips):
        return []
    notices = f"inline:{{{{<>={transport_of(node.ips[0].address)}:}}}}"
    return [f"sender_dependent_default_transport_maps = {notices}, lmdb:{layout.maps / REROUTED}"]


def _limits(transport: Transport) -> list[str]:
    """What the queue manager has to know: how much of one destination's mail is under way at once."""
    return [f"{transport.name}_destination_concurrency_limit = {transport.provider.connections}"]


def _reuse(provider: wire.ProviderClass) -> dict[str, str]:
    """How often a connection is used; Postfix counts the uses after the first, and 0 means without end.

    On demand, Postfix forgets a connection that it holds open as soon as the queue to its destination runs empty, and
    opens the next mail one beside it: more than a class allows. So a class asks for an open one each time.
    """
    messages = provider.messages_per_connection
    if messages == 1:
        return {"smtp_connection_cache_on_demand": "no"}
    always = {} if provider.name == wire.GENERIC else {"smtp_connection_cache_destinations": "static:all"}
    return {
        **always,
        "smtp_connection_reuse_count_limit": str(messages - 1),
        "smtp_connection_reuse_time_limit": f"{_REUSE_SECONDS}s",
    }


def _service(transport: Transport) -> list[str]:
    """One way out: from this address or not at all, and never by more connections than the class allows.

    The generic class is many providers: its limit is each destination's, so that a slow one holds up no others.
    """
    ip, provider = transport.ip, transport.provider
    processes = "-" if provider.name == wire.GENERIC else str(provider.connections)
    version = ipaddress.ip_address(ip.address).version
    options = {
        "syslog_name": f"postfix/{transport.name}",
        "inet_protocols": f"ipv{version}",
        "smtp_bind_address" if version == 4 else "smtp_bind_address6": ip.address,
        "smtp_helo_name": ip.hostname,
        **WISHES_STAY,
        **_reuse(provider),
        "smtp_tls_security_level": provider.tls,
    }
    return [
        f"{transport.name} unix - - n - {processes} smtp",
        *(f"  -o {{ {name} = {value} }}" for name, value in options.items()),
    ]

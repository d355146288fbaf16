"""All the files of some nodes."""

from pathlib import Path

from tenant_agent import wire
from tenant_agent.layout import Layout
from tenant_agent.render import Tree, dovecot, postfix, redis, rspamd
from tests.tenant_agent.samples import node

GOLDEN = Path(__file__).parent / "golden"
NODES = {
    "everything": node(),
    "outbound": node(roles=("outbound",)),
    "mx": node(roles=("mx",), ips=()),
    "ipv6": node(
        roles=("outbound",),
        service_address="2001:db8::10",
        ips=(wire.SendingIp(ip_id="ip_6", address="2001:db8::11", hostname="out6.fleetpost.test", pool_id="pool_t"),),
    ),
}
_TLS = {"certificate": "/etc/fleetpost/tls/cert.pem", "key": "/etc/fleetpost/tls/key.pem"}


def trees(of: wire.NodeItem) -> Tree:
    """Render everything that the node runs, by service and path."""
    layout, password = Layout(), "redis-password"
    services = {
        "postfix": postfix.render(of, layout, certificate=_TLS["certificate"], key=_TLS["key"]),
        "redis": redis.render(layout, password=password),
    }
    if "outbound" in of.roles:
        services["rspamd-outbound"] = rspamd.render_signer(layout, redis_password=password, hostname=of.hostname)
    if "mx" in of.roles:
        services["rspamd"] = rspamd.render_scanner(layout, redis_password=password)
    if "mailbox" in of.roles:
        services["dovecot"] = dovecot.render(of, layout, **_TLS)
    return {f"{service}/{path}": file for service, tree in services.items() for path, file in tree.items()}

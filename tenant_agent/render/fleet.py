"""The part of Postfix's configuration by which mail is passed between nodes of the fleet.

Both sides show certificates, and know each other's; an answer for good would make a bounce of mail that was taken, so
whatever is not as it should be is an answer for now.
"""

from tenant_agent import wire
from tenant_agent.layout import Layout
from tenant_agent.peers.passing import TRANSPORT

Options = dict[str, str]

ROUTED = "routed_access"
"""The map of whose mail a route wants."""
_CONNECTIONS = 20


def main_cf(node: wire.NodeItem) -> list[str]:
    """Give the lines of `main.cf`."""
    return [f"{TRANSPORT}_destination_concurrency_limit = {_CONNECTIONS}"] if _passes_on(node) else []


def master_cf(node: wire.NodeItem, layout: Layout) -> list[str]:
    """Give the ways to other nodes, and to this one's own listener for what is its own."""
    if not _passes_on(node):
        return []
    return [*_client(TRANSPORT, _to_peers(node, layout)), *_client("again", _TO_OURSELVES)]


def passed_on(layout: Layout) -> Options:
    """Mail from peers for mailboxes here: scanned where it came in, and never passed on once more."""
    kept_here = f"check_recipient_access lmdb:{layout.maps / 'virtual_mailbox_maps'}"
    return {
        "syslog_name": "postfix/fleet",
        **_shown(layout),
        "mynetworks": "",
        "smtpd_tls_ask_ccert": "yes",
        "smtpd_tls_fingerprint_digest": "sha256",
        "smtpd_client_restrictions": f"check_ccert_access lmdb:{layout.maps / 'fleet_ccert_access'}, reject",
        "smtpd_relay_restrictions": f"{kept_here}, defer",
        "smtpd_recipient_restrictions": f"{kept_here}, defer",
        "smtpd_reject_unlisted_recipient": "no",
        **_UNLIMITED,
    }


def again(layout: Layout) -> Options:
    """Own mail whose MX this host found itself to be: it is taken once more, for the queue manager to route.

    So each recipient takes its own way, or waits for one, and takes another as soon as its mailbox has moved. Who is
    unknown is refused as at port 25. What is signed and has had its aliases resolved is changed no more.
    """
    return {
        "syslog_name": "postfix/again",
        "smtpd_tls_security_level": "none",
        "smtpd_client_restrictions": "permit_mynetworks, reject",
        "smtpd_relay_restrictions": "reject_unauth_destination",
        "smtpd_recipient_restrictions": f"reject_unauth_destination, {known_only(layout)}",
        "smtpd_reject_unlisted_recipient": "no",
        "receive_override_options": "no_header_body_checks, no_address_mappings",
        "local_header_rewrite_clients": "",
        **_UNLIMITED,
    }


def known_only(layout: Layout) -> str:
    """Take what is for a mailbox, even one whose way is `retry:`, which smtpd would refuse as long; else who is known.

    Next after mailboxes are those whose mail a route wants. So it needs `smtpd_reject_unlisted_recipient = no`, or that
    is asked once more.
    """
    mailboxes = layout.maps / "virtual_mailbox_maps"
    present, routed = f"pipemap:{{lmdb:{mailboxes}, static:OK}}", f"lmdb:{layout.maps / ROUTED}"
    return f"check_recipient_access {present}, check_recipient_access {routed}, reject_unlisted_recipient"


def to_again(node: wire.NodeItem, layout: Layout) -> str | None:
    """Give the transport to that listener, where there is one."""
    return f"again:[127.0.0.1]:{layout.ports.again}" if _passes_on(node) else None


def _passes_on(node: wire.NodeItem) -> bool:
    return bool({"mx", "mailbox"} & set(node.roles))


def _shown(layout: Layout) -> Options:
    """In TLS from the first byte, with the certificate that the fleet knows."""
    return {
        "smtpd_tls_wrappermode": "yes",
        "smtpd_tls_security_level": "encrypt",
        "smtpd_tls_chain_files": str(layout.fleet_certificate),
        "tls_server_sni_maps": "",
    }


def _to_peers(node: wire.NodeItem, layout: Layout) -> Options:
    bind = "smtp_bind_address6" if ":" in node.service_address else "smtp_bind_address"
    return {
        "smtp_tcp_port": str(layout.ports.fleet_smtp),
        bind: node.service_address,
        "smtp_tls_wrappermode": "yes",
        "smtp_tls_security_level": "fingerprint",
        "smtp_tls_fingerprint_digest": "sha256",
        "smtp_tls_policy_maps": f"lmdb:{layout.maps / 'fleet_tls_policy_maps'}",
        "smtp_tls_chain_files": str(layout.fleet_certificate),
        "smtp_tls_mandatory_protocols": ">=TLSv1.3",
    }


def _client(name: str, options: Options) -> list[str]:
    said = {"syslog_name": f"postfix/{name}"} | options
    return [f"{name} unix - - n - - smtp", *(f"  -o {{ {key} = {value} }}" for key, value in said.items())]


_TO_OURSELVES = {"inet_protocols": "ipv4", "smtp_tls_security_level": "none"}
_UNLIMITED = {"smtpd_client_connection_count_limit": "0", "smtpd_client_connection_rate_limit": "0"}

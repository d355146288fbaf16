"""Postfix's `main.cf` and `master.cf` for a node."""

import ipaddress
from collections.abc import Iterable

from tenant_agent import wire
from tenant_agent.layout import Layout
from tenant_agent.project import Table
from tenant_agent.relays.lines import relay_lines
from tenant_agent.relays.walls import Walls
from tenant_agent.render import File, Tree, ways_out
from tenant_agent.render.ways_out import NO_TRANSPORT
from tenant_agent.transports import PLAIN

MESSAGE_BYTES = 36 * 1024 * 1024
"""What the API takes at most, 25 MiB, is 34.2 MiB when it is written in base64."""

MAP_FILES = {
    Table.SENDER_LOGINS: "smtpd_sender_login_maps",
    Table.ELSEWHERE: "elsewhere_access",
    Table.ALIASES: "virtual_alias_maps",
    Table.MAILBOXES: "virtual_mailbox_maps",
    Table.DOMAINS: "virtual_mailbox_domains",
    Table.INTAKES: "relay_domains",
}
SNI_FILE = "tls_server_sni_maps"

_NO_LITERALS = r"check_recipient_access regexp:{ {/@\[/ 550 5.1.2 Write a domain here, not a host's address} }"
"""Whoever may send must not choose which hosts the node connects to."""

_UNKNOWN_ROUTE = "451 4.3.5 The route of this message cannot be decided just now"


def render(
    node: wire.NodeItem,
    layout: Layout,
    *,
    certificate: str,
    key: str,
    shaping: wire.ShapingItem = PLAIN,
    walls: Walls | None = None,
) -> Tree:
    """Give both files. `certificate` and `key` are paths to PEM files."""
    return {
        "main.cf": File(text=_main_cf(node, layout, certificate, key, shaping)),
        "master.cf": File(text=_master_cf(node, layout, shaping, walls)),
    }


def takes_mail(node: wire.NodeItem) -> bool:
    """Whether port 25 is open: mail that is accepted must have a mailbox to go to."""
    return {"mx", "mailbox"} <= set(node.roles)


def takes_submissions(node: wire.NodeItem) -> bool:
    """Whether ports 465 and 587 are open: logins are checked against the mailboxes of this node."""
    return {"outbound", "mailbox"} <= set(node.roles)


def sends(node: wire.NodeItem) -> bool:
    """Whether mail leaves from here."""
    return "outbound" in node.roles


# --- main.cf ----------------------------------------------------------------------------------------------------------


def _main_cf(node: wire.NodeItem, layout: Layout, certificate: str, key: str, shaping: wire.ShapingItem) -> str:
    return "\n".join(
        [
            "# Written by the Fleetpost agent; changes made here are lost.",
            *_ground(node, layout),
            *_incoming(node, layout, certificate, key),
            *ways_out.main_cf(node, layout, shaping, takes_mail=takes_mail(node)),
            "",
        ]
    )


def _ground(node: wire.NodeItem, layout: Layout) -> list[str]:
    return [
        "compatibility_level = 3.6",
        f"queue_directory = {layout.postfix_queue}",
        f"data_directory = {layout.postfix_data}",
        f"maillog_file = {layout.mail_log}",
        f"maillog_file_prefixes = {layout.mail_log.parent}",
        "enable_long_queue_ids = yes",
        f"myhostname = {node.hostname}",
        "mydestination =",
        "mynetworks = 127.0.0.1/32, [::1]/128",
        "inet_interfaces = all",
        f"inet_protocols = {_protocols(node)}",
        "default_database_type = lmdb",
        "alias_maps =",
        "alias_database =",
        "biff = no",
        "append_dot_mydomain = no",
        "recipient_delimiter = +",
        f"message_size_limit = {MESSAGE_BYTES}",
        "mailbox_size_limit = 0",
        "in_flow_delay = 0",
        # One process that is killed, as for lack of memory, must not close its port for a minute.
        "service_throttle_time = 5s",
        "maximal_queue_lifetime = 5d",
        "bounce_queue_lifetime = 1d",
        "notify_classes =",
        "disable_vrfy_command = yes",
        "strict_rfc821_envelopes = yes",
        # Dovecot cannot be given such mail (RFC 6531): who sends it hears that from us, not in a bounce later.
        "smtputf8_enable = no",
        "smtpd_client_port_logging = no",
        "anvil_rate_time_unit = 60s",
    ]


def _incoming(node: wire.NodeItem, layout: Layout, certificate: str, key: str) -> list[str]:
    delivery = "lmtp:unix:private/dovecot-lmtp" if "mailbox" in node.roles else NO_TRANSPORT
    return [
        "",
        *(f"{name} = {_map(layout, name)}" for name in _served_maps(node)),
        f"virtual_transport = {delivery}",
        # Mail of our own to a mailbox here comes back to this host by MX: it is delivered, not bounced as a loop.
        f"best_mx_transport = {delivery}",
        "smtpd_relay_restrictions = reject",
        f"smtpd_tls_chain_files = {', '.join(dict.fromkeys((key, certificate)))}",
        *_by_host(node, layout),
        *_handed_up(node, layout),
        "smtpd_tls_security_level = may",
        "smtpd_tls_auth_only = yes",
        "smtpd_tls_loglevel = 1",
        "smtpd_tls_mandatory_protocols = >=TLSv1.2",
        "smtpd_tls_received_header = yes",
        "smtpd_sasl_type = dovecot",
        "smtpd_sasl_path = private/auth",
        "smtpd_sasl_security_options = noanonymous",
        "smtpd_sasl_auth_enable = no",
        "smtpd_helo_required = yes",
        "smtpd_discard_ehlo_keywords = etrn",
        "smtpd_milters =",
        f"non_smtpd_milters = {_signer(layout) if sends(node) else ''}".rstrip(),
        "milter_default_action = tempfail",
        "milter_protocol = 6",
        "milter_content_timeout = 30s",
        "smtpd_client_connection_count_limit = 50",
        "smtpd_client_connection_rate_limit = 300",
        "smtpd_client_auth_rate_limit = 30",
    ]


def _served_maps(node: wire.NodeItem) -> list[str]:
    if "mailbox" not in node.roles:
        return []
    return ["virtual_mailbox_domains", "virtual_mailbox_maps", "virtual_alias_maps", "smtpd_sender_login_maps"]


def _by_host(node: wire.NodeItem, layout: Layout) -> list[str]:
    """Certificates that smtpd looks up for each connection: a new one needs no reload."""
    return [f"{SNI_FILE} = {_map(layout, SNI_FILE)}"] if "mailbox" in node.roles else []


def _handed_up(node: wire.NodeItem, layout: Layout) -> list[str]:
    """Mail that the agent takes, one recipient at a time, to hand it up; if it must wait too long, nobody is told."""
    if not takes_mail(node):
        return []
    return [
        f"relay_domains = {_map(layout, MAP_FILES[Table.INTAKES])}",
        "parent_domain_matches_subdomains =",  # what is below such a domain is not ours
        f"relay_transport = intake:unix:{layout.intake_socket}",
        "intake_destination_recipient_limit = 1",
        "intake_destination_concurrency_limit = 2",
    ]


def _protocols(node: wire.NodeItem) -> str:
    addresses = [node.service_address, *(ip.address for ip in node.ips)]
    versions = {ipaddress.ip_address(address).version for address in addresses}
    return ", ".join(f"ipv{version}" for version in sorted(versions))


# --- master.cf --------------------------------------------------------------------------------------------------------

Options = dict[str, str]


def _master_cf(node: wire.NodeItem, layout: Layout, shaping: wire.ShapingItem, walls: Walls | None) -> str:
    return "\n".join(
        [
            "# Written by the Fleetpost agent; changes made here are lost.",
            *_listeners(node, layout),
            *_SERVICES,
            *(_INTAKE if takes_mail(node) else ()),
            *ways_out.master_cf(node, shaping),
            *(relay_lines(layout, walls) if sends(node) else ()),
            "",
        ]
    )


def _listeners(node: wire.NodeItem, layout: Layout) -> list[str]:
    host, ports = _bracketed(node.service_address), layout.ports
    lines: list[str] = []
    if takes_mail(node):
        lines += _smtpd(f"{host}:{ports.smtp}", _mx(layout))
    if takes_submissions(node):
        lines += _smtpd(f"{host}:{ports.submission}", _submission(node, layout, "submission"))
        lines += _smtpd(f"{host}:{ports.smtps}", _submission(node, layout, "smtps") | {"smtpd_tls_wrappermode": "yes"})
    if sends(node):
        lines += _smtpd(f"127.0.0.1:{ports.inject}", _inject(node, layout))
    return lines


def _mx(layout: Layout) -> Options:
    """Mail from the world, for domains of ours only."""
    return {
        "syslog_name": "postfix/mx",
        "mynetworks": "",
        "smtpd_relay_restrictions": "reject_unauth_destination",
        "smtpd_recipient_restrictions": "reject_non_fqdn_recipient, reject_unauth_destination, "
        f"check_recipient_access {_map(layout, MAP_FILES[Table.ELSEWHERE])}, reject_unlisted_recipient",
        "smtpd_milters": f"inet:127.0.0.1:{layout.ports.scanner}",
        "smtpd_command_filter": f"regexp:{layout.quiet_domains}",
    }


def quiet_lines(domain: str) -> str:
    """Write the rules that make recipients of a domain ones whose sender wants to hear of nothing (RFC 3461 §4.1).

    The sender of a report is whoever says so: it must not be written to.
    """
    dotted = domain.replace(".", r"\.")
    recipient = f"RCPT +TO: *<.*@{dotted}>"
    return f"""\
/^({recipient}.*) NOTIFY=[^ ]*(.*)$/ ${{1}}${{2}} NOTIFY=NEVER
/^({recipient}.*)$/ ${{1}} NOTIFY=NEVER
"""


def _submission(node: wire.NodeItem, layout: Layout, name: str) -> Options:
    """Mail from a mailbox's owner, under TLS, as nobody but themselves."""
    return {
        "syslog_name": f"postfix/{name}",
        "mynetworks": "",
        "smtpd_tls_security_level": "encrypt",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sender_restrictions": "reject_sender_login_mismatch, permit_sasl_authenticated, reject",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        "smtpd_recipient_restrictions": f"reject_non_fqdn_recipient, {_NO_LITERALS}, "
        f"{_stays(node, layout)}{_policy(layout)}, permit_sasl_authenticated, reject",
        "smtpd_end_of_data_restrictions": _policy(layout),
        "smtpd_reject_unlisted_recipient": "no",
        "smtpd_milters": _signer(layout),
        "milter_macro_daemon_name": "SUBMISSION",
    }


def _inject(node: wire.NodeItem, layout: Layout) -> Options:
    """Mail from the agent: finished, with one chosen route, to be changed in nothing."""
    return {
        "syslog_name": "postfix/inject",
        "smtpd_tls_security_level": "none",
        "smtpd_client_restrictions": "permit_mynetworks, reject",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
        "smtpd_recipient_restrictions": f"{_stays(node, layout)}{_policy(layout)}, permit_mynetworks, reject",
        "smtpd_reject_unlisted_recipient": "no",
        "smtpd_milters": _signer(layout),
        "milter_macro_daemon_name": "INJECT",
        "receive_override_options": "no_header_body_checks, no_address_mappings",
        "local_header_rewrite_clients": "",
        "smtpd_client_connection_count_limit": "0",
        "smtpd_client_connection_rate_limit": "0",
    }


def _smtpd(endpoint: str, options: Options) -> list[str]:
    return [f"{endpoint} inet n - n - - smtpd", *_options(options)]


def _options(options: Options) -> Iterable[str]:
    return (f"  -o {{ {name} = {value} }}" for name, value in options.items())


def _stays(node: wire.NodeItem, layout: Layout) -> str:
    """Mail of our own that is to be handed up is given no way out: it goes to the agent like any other for it."""
    return f"check_recipient_access {_map(layout, MAP_FILES[Table.INTAKES])}, " if takes_mail(node) else ""


def _policy(layout: Layout) -> str:
    return (
        f"check_policy_service {{ unix:{layout.policy_socket}, timeout=5s, try_limit=2, "
        f"{{default_action={_UNKNOWN_ROUTE}}} }}"
    )


def _signer(layout: Layout) -> str:
    return f"inet:127.0.0.1:{layout.ports.signer}"


def _map(layout: Layout, name: str) -> str:
    return f"lmdb:{layout.maps / name}"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


_SERVICES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd""".splitlines()

_INTAKE = """\
intake unix - - n - - lmtp
  -o { syslog_name = postfix/intake }
  -o { lmtp_send_xforward_command = yes }
  -o { lmtp_tls_security_level = none }""".splitlines()

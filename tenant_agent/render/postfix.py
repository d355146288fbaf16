"""Postfix's `main.cf` and `master.cf` for a node."""

import ipaddress
from collections.abc import Iterable

from tenant_agent import wire
from tenant_agent.by_key import logins
from tenant_agent.layout import Layout
from tenant_agent.project import Table
from tenant_agent.relays.lines import relay_lines
from tenant_agent.relays.walls import Walls
from tenant_agent.render import File, Tree, fleet, returned, rspamd, ways_out
from tenant_agent.render.ways_out import NO_TRANSPORT
from tenant_agent.transports import PLAIN

MESSAGE_BYTES = 36 * 1024 * 1024
"""What the API takes at most, 25 MiB, is 34.2 MiB when it is written in base64."""

_ADDED_BYTES = 256 * 1024
"""What headers may add on the way: mail that one node has taken must not be too large for the next."""

MAP_FILES = {
    Table.SENDER_LOGINS: "smtpd_sender_login_maps",
    Table.PEER_POLICIES: "fleet_tls_policy_maps",
    Table.PEER_CERTIFICATES: "fleet_ccert_access",
    Table.PASSED: "transport_maps",
    Table.ELSEWHERE: "elsewhere_access",
    Table.ALIASES: "virtual_alias_maps",
    Table.MAILBOXES: "virtual_mailbox_maps",
    Table.DOMAINS: "virtual_mailbox_domains",
    Table.INTAKES: "relay_domains",
    Table.ROUTED: fleet.ROUTED,
    Table.ROUTED_DOMAINS: "routed_domains",
}
_LMTP = "lmtp:unix:private/dovecot-lmtp"
SNI_FILE = "tls_server_sni_maps"

_NO_LITERALS = r"check_recipient_access regexp:{ {/@\[/ 550 5.1.2 Write a domain here, not a host's address} }"
"""Whoever may send must not choose which hosts the node connects to."""

_KEYS = "regexp:{ {" + logins.PATTERN.replace("$", "$$") + " OK} }"
"""Logins of API keys, which may name any sender: the agent asks who has written the mail."""

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
        "main.cf": File(text=_main_cf(node, layout, certificate, key, shaping, walls)),
        "master.cf": File(text=_master_cf(node, layout, shaping, walls)),
    }


def takes_mail(node: wire.NodeItem) -> bool:
    """Whether port 25 is open: mail for the fleet's mailboxes, wherever they are kept."""
    return "mx" in node.roles


def keeps_mail(node: wire.NodeItem) -> bool:
    """Whether mailboxes can be here, to which other nodes pass mail."""
    return "mailbox" in node.roles


def takes_submissions(node: wire.NodeItem) -> bool:
    """Whether ports 465 and 587 are open: logins are checked against the mailboxes of this node."""
    return {"outbound", "mailbox"} <= set(node.roles)


def sends(node: wire.NodeItem) -> bool:
    """Whether mail leaves from here."""
    return "outbound" in node.roles


# --- main.cf ----------------------------------------------------------------------------------------------------------


def _main_cf(
    node: wire.NodeItem, layout: Layout, certificate: str, key: str, shaping: wire.ShapingItem, walls: Walls | None
) -> str:
    return "\n".join(
        [
            "# Written by the Fleetpost agent; changes made here are lost.",
            *_ground(node, layout),
            *_incoming(node, layout, certificate, key),
            *ways_out.main_cf(node, layout, shaping, walls, takes_mail=takes_mail(node)),
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
        f"message_size_limit = {MESSAGE_BYTES + _ADDED_BYTES}",
        "mailbox_size_limit = 0",
        "in_flow_delay = 0",
        # One process that is killed, as for lack of memory, must not close its port for a minute.
        "service_throttle_time = 5s",
        "maximal_queue_lifetime = 5d",
        "bounce_queue_lifetime = 1d",
        "notify_classes =",
        "disable_vrfy_command = yes",
        "strict_rfc821_envelopes = yes",
        # For what the agent injects; see `_ASCII_ONLY`.
        "smtputf8_enable = yes",
        "smtpd_client_port_logging = no",
        "anvil_rate_time_unit = 60s",
    ]


def _incoming(node: wire.NodeItem, layout: Layout, certificate: str, key: str) -> list[str]:
    return [
        "",
        *(f"{name} = {_map(layout, name)}" for name in _served_maps(node)),
        *_ways_in(node, layout),
        f"virtual_transport = {_LMTP}",
        *fleet.main_cf(node),
        # Mail of our own to a mailbox of the fleet comes back to this host by MX: it is routed, not bounced as a loop.
        f"best_mx_transport = {fleet.to_again(node, layout) or NO_TRANSPORT}",
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
    if not (takes_mail(node) or keeps_mail(node)):
        return []
    return [
        "virtual_mailbox_domains",
        "virtual_mailbox_maps",
        "virtual_alias_maps",
        "smtpd_sender_login_maps",
    ]


def _ways_in(node: wire.NodeItem, layout: Layout) -> list[str]:
    """Where mail for domains of ours goes: what is kept elsewhere, mailboxes here, then what a route wants.

    An address is looked for in all of them before its domain is: mailboxes come first.
    """
    if not (takes_mail(node) or keeps_mail(node)):
        return []
    ways = [_map(layout, MAP_FILES[Table.PASSED])]
    if takes_mail(node):
        ways += [_to(_LMTP, layout, Table.MAILBOXES), _to(_intake(layout), layout, Table.ROUTED)]
    return [f"transport_maps = {', '.join(ways)}"]


def _to(transport: str, layout: Layout, table: Table) -> str:
    return f"pipemap:{{{_map(layout, MAP_FILES[table])}, static:{transport}}}"


def _intake(layout: Layout) -> str:
    return f"intake:unix:{layout.intake_socket}"


def _by_host(node: wire.NodeItem, layout: Layout) -> list[str]:
    """Certificates that smtpd looks up for each connection: a new one needs no reload."""
    return [f"{SNI_FILE} = {_map(layout, SNI_FILE)}"] if takes_mail(node) or keeps_mail(node) else []


def _handed_up(node: wire.NodeItem, layout: Layout) -> list[str]:
    """Mail that the agent takes, one recipient at a time, to hand it up; if it must wait too long, nobody is told."""
    if not takes_mail(node):
        return []
    intakes, routed = (_map(layout, MAP_FILES[table]) for table in (Table.INTAKES, Table.ROUTED_DOMAINS))
    return [
        f"relay_domains = {intakes}, {returned.domains(layout)}, {routed}",
        "parent_domain_matches_subdomains =",  # what is below such a domain is ours only if there is a row for that
        f"relay_transport = {_intake(layout)}",
        f"header_checks = regexp:{{ {{/^{rspamd.CHECKS}:/ IGNORE}} }}",  # nobody else says what our checks found
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
            *(_INJECTION if sends(node) else ()),
            *(_INTAKE if takes_mail(node) else ()),
            *fleet.master_cf(node, layout),
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
    if keeps_mail(node):
        lines += _smtpd(f"{host}:{ports.fleet_smtp}", fleet.passed_on(layout))
    if takes_mail(node) or keeps_mail(node):
        lines += _smtpd(f"127.0.0.1:{ports.again}", fleet.again(layout))
    if sends(node):
        lines += _smtpd(f"127.0.0.1:{ports.inject}", _inject(node, layout))
    return lines


def _mx(layout: Layout) -> Options:
    """Mail from the world, for domains of ours only."""
    return {
        "syslog_name": "postfix/mx",
        "message_size_limit": str(MESSAGE_BYTES),
        "mynetworks": "",
        "smtpd_relay_restrictions": "reject_unauth_destination",
        "smtpd_recipient_restrictions": "reject_non_fqdn_recipient, reject_unauth_destination, "
        f"check_recipient_access {_map(layout, MAP_FILES[Table.ELSEWHERE])}, "
        f"check_recipient_access {returned.refused(layout)}, {fleet.known_only(layout)}",
        "smtpd_reject_unlisted_recipient": "no",
        "smtpd_milters": f"inet:127.0.0.1:{layout.ports.scanner}",
        "smtpd_command_filter": f"unionmap:{{regexp:{layout.quiet_domains}, {returned.quiet()}}}",
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
    """Mail from a mailbox's owner, under TLS, as nobody but themselves; and from programs with an API key.

    A program's mail is taken by the agent, which asks by itself who it may write as, and forgotten here.
    """
    return {
        "syslog_name": f"postfix/{name}",
        "smtputf8_enable": "yes",  # for programs; the agent refuses it to people
        "message_size_limit": str(MESSAGE_BYTES),
        "mynetworks": "",
        "smtpd_tls_security_level": "encrypt",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sender_restrictions": f"check_sasl_access {_KEYS}, "
        "reject_sender_login_mismatch, permit_sasl_authenticated, reject",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        "smtpd_recipient_restrictions": f"reject_non_fqdn_recipient, {_NO_LITERALS}, "
        f"{_stays(node, layout)}{_policy(layout)}, permit_sasl_authenticated, reject",
        "smtpd_end_of_data_restrictions": _policy(layout),
        "smtpd_reject_unlisted_recipient": "no",
        "smtpd_milters": f"unix:{layout.by_key_socket}, {_signer(layout)}",
        "milter_macro_daemon_name": "SUBMISSION",
    }


def _inject(node: wire.NodeItem, layout: Layout) -> Options:
    """Mail from the agent: finished, with one chosen route, to be changed in nothing."""
    return {
        "syslog_name": "postfix/inject",
        "rewrite_service_name": _INJECTION_REWRITE,
        "smtputf8_enable": "yes",
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


_ASCII_ONLY: Options = {"smtputf8_enable": "no"}
"""Dovecot cannot be given mail to other addresses (RFC 6531): who sends it hears so from us, not in a bounce later."""


def _smtpd(endpoint: str, options: Options) -> list[str]:
    return [f"{endpoint} inet n - n - - smtpd", *_options(_ASCII_ONLY | options)]


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

_INJECTION_REWRITE = "inject-rewrite"
_INJECTION = f"""\
{_INJECTION_REWRITE} unix - - n - - trivial-rewrite
  -o {{ transport_maps = }}
  -o {{ sender_dependent_default_transport_maps = }}
  -o {{ relay_domains = }}
  -o {{ virtual_alias_domains = }}
  -o {{ virtual_mailbox_domains = }}""".splitlines()
"""smtpd(8) has each sender and recipient resolved to see whether it is well written. Which way injected mail takes, the
policy service says: none of the maps is needed for that, and each is locked for each of a dozen keys."""

_INTAKE = """\
intake unix - - n - - lmtp
  -o { syslog_name = postfix/intake }
  -o { lmtp_send_xforward_command = yes }
  -o { lmtp_tls_security_level = none }""".splitlines()

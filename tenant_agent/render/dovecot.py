"""Dovecot's one configuration file (2.3 syntax) for a node with mailboxes."""

from tenant_agent import wire
from tenant_agent.layout import Layout
from tenant_agent.moves.words import NOBODY
from tenant_agent.projections.passwd_shards import SHARD_VARIABLE
from tenant_agent.render import File, Tree

_LOWEST_UID = 100_000  # as in identifiers.system_uid
_UNUSED_PORT = 1  # tcpmux (RFC 1078), which nothing speaks
_LOGIN_PROCESSES = 8
_CONNECTIONS_PER_PROCESS = 1_000
_IMAP_SESSIONS = 4_000


def render(node: wire.NodeItem, layout: Layout, *, certificate: str, key: str) -> Tree:
    """Give `dovecot.conf`. `certificate` and `key` are paths to PEM files."""
    parts = (
        _ground(node, layout),
        _tls(certificate, key),
        _users(layout),
        _MAIL,
        _services(layout),
        _between_nodes(node, layout),
        _by_host(layout),
    )
    return {
        "dovecot.conf": File(text="\n".join(("# Written by the Fleetpost agent; changes made here are lost.", *parts)))
    }


def _ground(node: wire.NodeItem, layout: Layout) -> str:
    """What all else stands on; `shutdown_clients = no` leaves people's sessions up when Dovecot is reloaded."""
    return f"""\
protocols = imap pop3 lmtp sieve
listen = 127.0.0.1, {node.service_address}
base_dir = {layout.dovecot_run}
state_dir = {layout.root / "var/lib/dovecot"}
log_path = /dev/stderr
hostname = {node.hostname}
postmaster_address = postmaster@{node.hostname}
login_greeting = Ready.
shutdown_clients = no
recipient_delimiter = +
first_valid_uid = {_LOWEST_UID}
first_valid_gid = {_LOWEST_UID}
"""


def _tls(certificate: str, key: str) -> str:
    return f"""\
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
"""


def _users(layout: Layout) -> str:
    shards, keys = layout.users / SHARD_VARIABLE, layout.smtp_keys.parent / "%s" / SHARD_VARIABLE
    return f"""\
auth_mechanisms = plain login
auth_username_format = %Lu
auth_username_chars = abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@&=+
auth_cache_size = 16M
auth_cache_ttl = 1 hours
auth_cache_negative_ttl = 0
passdb {{
  driver = passwd-file
  username_filter = key_*
  args = scheme=SSHA512 username_format=%u {keys}
}}
passdb {{
  driver = passwd-file
  args = scheme=ARGON2ID username_format=%u {shards}
  override_fields = {_passed_on(layout)}
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {shards}
}}
"""


def _passed_on(layout: Layout) -> str:
    """Where what is passed on goes to; it means something only for users with the field `proxy`.

    Logins go to the other node with STARTTLS: in TLS from the first byte, Dovecot's ManageSieve (2.3.19) now and then
    leaves what it has read unanswered. Mail is passed on by Postfix alone: what it hands to Dovecot, because it does
    not know yet that the mailbox has moved or is closed, is deferred at once (`451`), as nobody listens there.
    """
    ports = layout.ports
    port = _by_service(ports.imap, pop3=ports.fleet_pop3, sieve=ports.sieve, lmtp=_UNUSED_PORT)
    return f"hostip=%{{if;%s;eq;lmtp;{NOBODY};%{{passdb:hostip}}}} port={port} starttls=yes"


def _by_service(otherwise: int, **ports: int) -> str:
    value = str(otherwise)
    for service, port in ports.items():
        value = f"%{{if;%s;eq;{service};{port};{value}}}"
    return value


def _between_nodes(node: wire.NodeItem, layout: Layout) -> str:
    """Logins are passed on in TLS, to nodes that show the very certificate that is known of them."""
    return f"""\
lmtp_proxy = yes
login_source_ips = {node.service_address}
ssl_client_require_valid_cert = yes
ssl_require_crl = no
!include_try {layout.peer_settings}
"""


def _login_limits() -> str:
    """Bounds of a login service: a TLS session and a login that is passed on stay with it to their end.

    Processes are shared: a connection takes 75 KB then, or 130 KB if it is passed on, and 1.3 MB if it has a process of
    its own. A process also keeps 32 KB for each certificate that it has shown, hence its bound for memory.
    """
    return f"""\
  service_count = 0
  process_min_avail = 4
  process_limit = {_LOGIN_PROCESSES}
  client_limit = {_CONNECTIONS_PER_PROCESS}
  vsz_limit = 1G"""


def _services(layout: Layout) -> str:
    ports, postfix = layout.ports, layout.postfix_queue / "private"
    return f"""\
service imap-login {{
{_login_limits()}
  inet_listener imap {{
    port = {ports.imap}
  }}
  inet_listener imaps {{
    port = {ports.imaps}
    ssl = yes
  }}
}}
service pop3-login {{
{_login_limits()}
  inet_listener pop3 {{
    port = {ports.fleet_pop3}
  }}
  inet_listener pop3s {{
    port = {ports.pop3s}
    ssl = yes
  }}
}}
service managesieve-login {{
{_login_limits()}
  inet_listener sieve {{
    port = {ports.sieve}
  }}
}}
service imap {{
  process_limit = {_IMAP_SESSIONS}
}}
service lmtp {{
  unix_listener {postfix}/dovecot-lmtp {{
    mode = 0600
    user = postfix
    group = postfix
  }}
}}
service config {{
  vsz_limit = 4G
}}
service auth {{
  vsz_limit = 1G
  client_limit = {_IMAP_SESSIONS + 1_000}
  unix_listener {postfix}/auth {{
    mode = 0600
    user = postfix
    group = postfix
  }}
}}
"""


def _by_host(layout: Layout) -> str:
    """Certificates by the name that a client asks for; each costs the config process 150 KB (Dovecot 2.3)."""
    return f"!include_try {layout.local_names}\n"


def mail_settings() -> str:
    """Give how mail is stored, which all of Dovecot's tools must agree on."""
    return _MAIL


_MAIL = """\
mail_location = maildir:~/Maildir
mail_plugins = quota
mailbox_list_index = yes
maildir_stat_dirs = no
mail_attribute_dict = file:%h/dovecot-attributes
quota_full_tempfail = no
lda_mailbox_autocreate = yes
lmtp_save_to_detail_mailbox = no
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = subscribe
    special_use = \\Drafts
  }
  mailbox Junk {
    auto = subscribe
    special_use = \\Junk
  }
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
  mailbox Trash {
    auto = subscribe
    special_use = \\Trash
  }
}
plugin {
  quota = count:Mailbox
  quota_vsizes = yes
  quota_grace = 0%%
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_max_redirects = 0
  # They send mail by sendmail, with authors that nobody checks.
  sieve_extensions = -vacation -vacation-seconds -enotify -reject -ereject
}
protocol imap {
  mail_plugins = $mail_plugins imap_quota
  mail_max_userip_connections = 30
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
}
"""

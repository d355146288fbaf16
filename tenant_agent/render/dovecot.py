"""Dovecot's one configuration file (2.3 syntax) for a node with mailboxes."""

from tenant_agent import wire
from tenant_agent.layout import Layout
from tenant_agent.projections.passwd_shards import SHARD_VARIABLE
from tenant_agent.render import File, Tree

_LOWEST_UID = 100_000  # as in identifiers.system_uid


def render(node: wire.NodeItem, layout: Layout, *, certificate: str, key: str) -> Tree:
    """Give `dovecot.conf`. `certificate` and `key` are paths to PEM files."""
    parts = (_ground(node, layout), _tls(certificate, key), _users(layout), _MAIL, _services(layout), _by_host(layout))
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
    shards = layout.users / SHARD_VARIABLE
    return f"""\
auth_mechanisms = plain login
auth_username_format = %Lu
auth_username_chars = abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@&=+
auth_cache_size = 16M
auth_cache_ttl = 1 hours
auth_cache_negative_ttl = 0
passdb {{
  driver = passwd-file
  args = scheme=ARGON2ID username_format=%u {shards}
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {shards}
}}
"""


def _services(layout: Layout) -> str:
    ports, postfix = layout.ports, layout.postfix_queue / "private"
    return f"""\
service imap-login {{
  inet_listener imap {{
    port = {ports.imap}
  }}
  inet_listener imaps {{
    port = {ports.imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {ports.pop3s}
    ssl = yes
  }}
}}
service managesieve-login {{
  inet_listener sieve {{
    port = {ports.sieve}
  }}
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

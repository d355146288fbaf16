"""The transports of Postfix that lead to relays: verified TLS or not at all, and each sender's own login."""

from tenant_agent.layout import Layout
from tenant_agent.relays.book import IMPLICIT_TRANSPORT, STARTTLS_TRANSPORT
from tenant_agent.relays.walls import Walls, reply_filter
from tenant_agent.transports import WISHES_STAY

_LOGIN_REFUSED = r"regexp:{ {/^5(\.[0-9.]+ .*said: 53[0458][ -].*)$/ 4$1} }"
"""A login that is refused is the relay's matter or its owner's, and no reason to bounce a mail."""


def relay_lines(layout: Layout, walls: Walls | None = None) -> list[str]:
    """Give the lines of `master.cf`; the next hop, `[host]:port`, comes with each mail."""
    implicit = {"smtp_tls_wrappermode": "yes"}
    allowed = walls or Walls()
    return [
        *_service(STARTTLS_TRANSPORT, layout, allowed, {}),
        *_service(IMPLICIT_TRANSPORT, layout, allowed, implicit),
    ]


def _service(name: str, layout: Layout, walls: Walls, more: dict[str, str]) -> list[str]:
    options = {
        "syslog_name": f"postfix/{name}",
        "smtp_tls_security_level": "secure",
        "smtp_tls_mandatory_protocols": ">=TLSv1.2",
        "smtp_sasl_auth_enable": "yes",
        "smtp_sasl_security_options": "noanonymous",
        "smtp_sasl_tls_security_options": "noanonymous",
        "smtp_sasl_mechanism_filter": "plain, login",
        "smtp_sasl_password_maps": f"socketmap:unix:{layout.relay_socket}:logins",
        # With it, no connection is used for a second mail: the next one may be another tenant's.
        "smtp_sender_dependent_authentication": "yes",
        "smtp_connection_cache_on_demand": "no",
        "smtp_host_lookup": "dns",
        "smtp_dns_reply_filter": reply_filter(walls.allowed),
        "smtp_delivery_status_filter": _LOGIN_REFUSED,
        **WISHES_STAY,
        "smtp_header_checks": f"regexp:{{ {_ORDERS}, {_MARKS} }}",
        **({"smtp_tls_CAfile": str(walls.authorities)} if walls.authorities else {}),
        **more,
    }
    return [f"{name} unix - - n - - smtp", *(f"  -o {{ {key} = {_literal(value)} }}" for key, value in options.items())]


def _literal(value: str) -> str:
    """Keep Postfix from reading `$` as the beginning of a parameter's name."""
    return value.replace("$", "$$")


_ORDERS = r"{/^x-(smtpapi|msys-api|(mailgun|mc|pm|ses|smtp2go)-[^:]*)[[:space:]]*:/ IGNORE}"
"""What tells a provider whom to send to, or where to report: an account that many share takes no orders from mail."""
_MARKS = r"{/^Message-ID:[ ]*<(msg_[0-9a-v]+)@/ PREPEND X-PM-Metadata-fleetpost: $1}"
"""Postmark writes a Message-ID of its own, and gives this back with each event. Others pass it on, or take it out."""

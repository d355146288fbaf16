"""Writes HAProxy's configuration: pure. What changes while it runs, the certificates, is not in it."""

from collections.abc import Iterable

import msgspec

from control_plane.front.layout import Layout
from control_plane.front.options import FrontOptions, Patience

# Mozilla's "intermediate", without what has no forward secrecy.
_CIPHERS = ":".join(
    f"ECDHE-{kind}-{cipher}"
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
    for kind in ("ECDSA", "RSA")
)
_SUITES = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

_OLD_WORKER_HOURS = 24
"""So long a connection may outlive a reload that left its worker behind."""


class Rights(msgspec.Struct, frozen=True):
    """Whom HAProxy becomes, for it was started as root."""

    user: str
    group: str


def render(options: FrontOptions, layout: Layout, rights: Rights | None) -> str:
    """Write the whole configuration."""
    sections = [_global(layout, rights), _defaults(options.patience), _counter()]
    sections += [_plain(options), _encrypted(options, layout), _web(options)]
    return "\n".join(sections)


def _section(head: str, lines: Iterable[str]) -> str:
    return f"{head}\n" + "".join(f"  {line}\n" for line in lines)


def _global(layout: Layout, rights: Rights | None) -> str:
    lines = [
        "log stderr format raw local0 notice",
        f"stats socket {layout.runtime} mode 600 level admin expose-fd listeners",
        f"hard-stop-after {_OLD_WORKER_HOURS}h",
        "ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets",
        f"ssl-default-bind-ciphers {_CIPHERS}",
        f"ssl-default-bind-ciphersuites {_SUITES}",
        "tune.ssl.default-dh-param 2048",
    ]
    if rights is not None:
        lines += [f"user {rights.user}", f"group {rights.group}", f"chroot {layout.empty}"]
    return _section("global", lines)


def _defaults(patience: Patience) -> str:
    return _section(
        "defaults",
        [
            "mode http",
            "log global",
            "option dontlognull",
            "option dontlog-normal",
            "option http-buffer-request",  # the request's time counts for its body too
            "option splice-auto",
            f"timeout connect {patience.connect}s",
            f"timeout http-request {patience.request}s",
            f"timeout client {patience.client}s",
            f"timeout client-fin {patience.request}s",
            f"timeout server {patience.server}s",
            f"timeout queue {patience.request}s",
            f"timeout http-keep-alive {patience.keep_alive}s",
            f"timeout tunnel {patience.tunnel}s",
        ],
    )


def _counter() -> str:
    return _section("backend connections", ["stick-table type ipv6 size 200k expire 5m store conn_cur"])


def _bound(options: FrontOptions) -> list[str]:
    return [
        "acl from_here src 127.0.0.1 ::1",
        "tcp-request connection track-sc0 src,ipmask(32,64) table connections unless from_here",
        f"tcp-request connection reject if {{ sc0_conn_cur(connections) gt {options.per_address} }}",
    ]


def _headers(scheme: str) -> list[str]:
    """What the application believes of us, a client cannot say."""
    return [
        "http-request deny deny_status 400 unless { req.hdr_cnt(host) eq 1 }",
        "http-request del-header X-Forwarded- -m beg",
        "http-request del-header Forwarded",
        "http-request del-header X-Real-IP",
        "http-request set-header X-Forwarded-For %[src]",
        f"http-request set-header X-Forwarded-Proto {scheme}",
    ]


def _plain(options: FrontOptions) -> str:
    discovery = "{ path -i /autodiscover/autodiscover.xml }"
    away = "http-request redirect prefix https://%[req.hdr(host),host_only]"
    return _section(
        "frontend plain",
        [
            *(f"bind {address}" for address in options.http),
            *_bound(options),
            *_headers("http"),
            "acl challenge path_beg /.well-known/acme-challenge/",
            "acl set_up path /mail/config-v1.1.xml /.well-known/autoconfig/mail/config-v1.1.xml",
            f"{away} code 302 if {discovery}",  # Outlook knows no 308
            f"{away} code 308 unless challenge or set_up",
            "default_backend web",
        ],
    )


def _encrypted(options: FrontOptions, layout: Layout) -> str:
    served = f"ssl crt {layout.default} crt-list {layout.listing} alpn h2,http/1.1"
    return _section(
        "frontend encrypted",
        [
            *(f"bind {address} {served}" for address in options.https),
            *_bound(options),
            *_headers("https"),
            # Outlook's programs disagree about the case.
            "http-request set-path %[path,lower] if { path -i -m beg /autodiscover/ }",
            "default_backend web",
        ],
    )


def _web(options: FrontOptions) -> str:
    check = " check" if len(options.web) > 1 else ""  # the only one is asked whatever a check says
    return _section(
        "backend web",
        [
            "balance leastconn",
            "option redispatch",
            "retries 3",
            "retry-on conn-failure",
            *(f"server web{number} {address}{check}" for number, address in enumerate(options.web, 1)),
        ],
    )

"""Limits how often is asked: under `/v1` per tenant, key and class of route; on open routes per address.

A route's class is `send`, `write` or `read`: what `opt={"rate": "send"}` says, or else what its method is. A key's
requests count for the key and for its tenant, which has twice a key's rate, so that more keys do not mean more. A key
that was given a rate of its own has it over all classes together. Every answer says how things stand (`RateLimit-*`).

When nobody can count (Valkey is away), reading goes on uncounted; writing and sending are refused with 503.

Open routes, as signing in, take a guard. It counts per client address (a /64 of IPv6) under a name:

    @post("/sign-in", guards=[limit_by_address("sign-in", per_minute=30, burst=60)])

It raises `TooMany` (429, `Retry-After`), or `LimiterAway` (503). Requests without an address share one counter.
"""

import math
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal, TypeAlias

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Guard, Message, Receive, Scope, Send

from control_plane.core.auth import Subject
from control_plane.core.errors import TooMany
from control_plane.core.gcra import Counter, Limiter, LimiterAway, Verdict
from control_plane.core.origin import client_address
from control_plane.settings import Rate, RateSettings

RateClass: TypeAlias = Literal["read", "write", "send"]

SEND = {"rate": "send"}
"""A route's `opt`: it sends mail."""

_VERDICT = "rate_limit_verdict"
_READING = ("GET", "HEAD", "OPTIONS")
_TENANT_FACTOR = 2
_IPV6_SITE_BITS = 64


class RateLimitMiddleware(ASGIMiddleware):
    """Counts each request of `/v1`; stands right after the authentication."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, rates: RateSettings) -> None:
        self._rates = rates

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Go on if there is room; raises `TooMany`, `LimiterAway`."""
        limiter: Limiter = scope["litestar_app"].state.limiter
        kind = class_of(scope)
        counters = counters_of(scope["user"], kind, getattr(self._rates, kind))
        try:
            verdict = await limiter.count(counters)
        except LimiterAway:
            if kind != "read":
                raise
        else:
            scope["state"][_VERDICT] = verdict
            refuse_if_too_many(verdict)
        await next_app(scope, receive, send)


def class_of(scope: Scope) -> RateClass:
    """Give the class of the request's route."""
    said: RateClass | None = scope["route_handler"].opt.get("rate")
    if said is not None:
        return said
    return "read" if scope.get("method") in _READING else "write"


def counters_of(subject: Subject, kind: str, rate: Rate) -> tuple[Counter, Counter]:
    """Name what a subject's request counts for; the tenant in braces keeps its counters on one node of a cluster."""
    payer = subject.acting_from or subject.tenant_id
    who = subject.key_id or subject.user_id
    start = f"rate:{{{payer}}}"
    whole = Rate(rate.per_minute * _TENANT_FACTOR, rate.burst * _TENANT_FACTOR)
    if subject.requests_per_minute is None:
        own = Counter(f"{start}:{kind}:{who}", rate)
    else:
        own = Counter(f"{start}:own:{who}", own_rate(subject.requests_per_minute))
    return own, Counter(f"{start}:{kind}", whole)


def own_rate(per_minute: int) -> Rate:
    """Give the rate of a key with a limit of its own: a sixth of a minute's requests may come at once."""
    return Rate(per_minute, max(per_minute // 6, 1))


def refuse_if_too_many(verdict: Verdict) -> None:
    """Raise `TooMany` unless there was room."""
    if not verdict.admitted:
        raise TooMany(retry_after_seconds=max(math.ceil(verdict.wait_seconds), 1))


async def tell(message: Message, scope: Scope) -> None:
    """Say on every counted answer how things stand: a hook, since errors do not pass through the middleware."""
    verdict: Verdict | None = scope.get("state", {}).get(_VERDICT)
    if verdict is None or message["type"] != "http.response.start":
        return
    message["headers"] = [*message["headers"], *headers_of(verdict)]


def headers_of(verdict: Verdict) -> list[tuple[bytes, bytes]]:
    """Write the fields of draft-ietf-httpapi-ratelimit-headers-07: limit and remainder are what may come at once."""
    rate = verdict.rate
    fields = {
        "ratelimit-limit": rate.burst,
        "ratelimit-remaining": verdict.remaining,
        "ratelimit-reset": math.ceil(verdict.reset_seconds),
        "ratelimit-policy": f"{rate.per_minute};w=60;burst={rate.burst}",
    }
    return [(name.encode(), str(value).encode()) for name, value in fields.items()]


def limit_by_address(name: str, per_minute: int, burst: int) -> Guard:
    """Make a guard that lets each client address through so often; see this module's docstring."""
    rate = Rate(per_minute, burst)

    async def guard(connection: "ASGIConnection[BaseRouteHandler, object, object, State]", _: BaseRouteHandler) -> None:
        limiter: Limiter = connection.app.state.limiter
        key = f"rate:address:{name}:{_site(client_address(connection.scope))}"
        refuse_if_too_many(await limiter.count([Counter(key, rate)]))

    return guard


def _site(address: str) -> str:
    """Give the address, or the network of one customer: an IPv6 site has more addresses than anybody can count."""
    if not address or not isinstance(ip_address(address), IPv6Address):
        return address
    return str(ip_network((address.partition("%")[0], _IPV6_SITE_BITS), strict=False))

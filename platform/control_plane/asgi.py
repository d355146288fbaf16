"""The web application: the only place, with `worker` and `cli`, that knows all features."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.types import ControllerRouterHandler

from control_plane import settings as settings_module
from control_plane.accounts import invitation_routes as invitations
from control_plane.accounts import key_routes as api_keys
from control_plane.accounts import member_routes as members
from control_plane.accounts import oauth_routes as oauth
from control_plane.accounts import routes as accounts
from control_plane.accounts import service as accounts_service
from control_plane.accounts.key_rights import SCOPES
from control_plane.accounts.service.keys import KeyUses
from control_plane.agencies import routes as agencies
from control_plane.analytics import routes as analytics
from control_plane.audit import routes as audit
from control_plane.blobs import routes as blobs
from control_plane.certificates import routes as certificates
from control_plane.core import health, inject, log
from control_plane.core.access_tokens import AccessTokens
from control_plane.core.answer_headers import AnswerHeaders
from control_plane.core.authentication import ApiKeyMiddleware
from control_plane.core.body import JsonRequest
from control_plane.core.clock import Clock
from control_plane.core.etag import Entity
from control_plane.core.gcra import Limiter
from control_plane.core.idempotency import IdempotencyMiddleware
from control_plane.core.key_ring import KeyRing
from control_plane.core.openapi import openapi_config
from control_plane.core.query import refuse_unknown_parameters
from control_plane.core.rate_limit import RateLimitMiddleware, tell
from control_plane.core.runtime import open_runtime
from control_plane.core.spooled_body import SpoolFiles
from control_plane.dns_publishing import publication_routes as publications
from control_plane.dns_publishing import routes as dns_publishing
from control_plane.domain_sites import routes as domain_sites
from control_plane.domain_sites import site_routes
from control_plane.enforcement import routes as enforcement
from control_plane.events import routes as events
from control_plane.inbound import routes as inbound
from control_plane.inbound_routes import message_routes as inbound_messages
from control_plane.inbound_routes import routes as inbound_routes
from control_plane.ip_pools import routes as ip_pools
from control_plane.mail_domains import routes as mail_domains
from control_plane.mailboxes import routes as mailboxes
from control_plane.messages import routes as messages
from control_plane.moves import routes as moves
from control_plane.nodes import agent_routes as agents
from control_plane.nodes import routes as nodes
from control_plane.nodes.in_force import InForceMiddleware
from control_plane.nodes.link.pulse import Pulse
from control_plane.piccolo_conf import DB
from control_plane.plans import routes as plans
from control_plane.quotas import routes as quotas
from control_plane.relays import event_routes as relay_events
from control_plane.relays import routes as relays
from control_plane.reports import routes as reports
from control_plane.reputation import routes as reputation
from control_plane.rollouts import routes as rollouts
from control_plane.settings import Settings
from control_plane.shaping import routes as shaping
from control_plane.submissions import routes as submissions
from control_plane.suppressions import import_routes as suppression_imports
from control_plane.suppressions import routes as suppressions
from control_plane.templates import routes as templates
from control_plane.tenants import routes as tenants
from control_plane.warmup import routes as warmup
from control_plane.webhooks import routes as webhooks
from web import app as web

API_HANDLERS: list[ControllerRouterHandler] = [
    *accounts.HANDLERS,
    *invitations.HANDLERS,
    *members.HANDLERS,
    *api_keys.HANDLERS,
    *agencies.HANDLERS,
    *analytics.HANDLERS,
    *audit.HANDLERS,
    *certificates.HANDLERS,
    *domain_sites.HANDLERS,
    *dns_publishing.HANDLERS,
    *enforcement.HANDLERS,
    *publications.HANDLERS,
    *inbound_messages.HANDLERS,
    *inbound_routes.HANDLERS,
    *events.HANDLERS,
    *ip_pools.HANDLERS,
    *mail_domains.HANDLERS,
    *mailboxes.HANDLERS,
    *messages.HANDLERS,
    *moves.HANDLERS,
    *nodes.HANDLERS,
    *plans.HANDLERS,
    *quotas.HANDLERS,
    *relays.HANDLERS,
    *reports.HANDLERS,
    *reputation.HANDLERS,
    *rollouts.HANDLERS,
    *shaping.HANDLERS,
    *suppression_imports.HANDLERS,
    *suppressions.HANDLERS,
    *templates.HANDLERS,
    *tenants.HANDLERS,
    *warmup.HANDLERS,
    *webhooks.HANDLERS,
]
"""Under /v1, with an API key."""
AGENT_HANDLERS: list[ControllerRouterHandler] = [
    *agents.AGENT_HANDLERS,
    *blobs.AGENT_HANDLERS,
    *inbound.AGENT_HANDLERS,
    *submissions.AGENT_HANDLERS,
]
"""For nodes, with their own credentials."""
OPEN_HANDLERS: list[ControllerRouterHandler] = [
    *certificates.OPEN_HANDLERS,
    *health.HANDLERS,
    *inbound_messages.OPEN_HANDLERS,
    *oauth.HANDLERS,
    *relay_events.OPEN_HANDLERS,
    *site_routes.HANDLERS,
    *web.HANDLERS,
]
"""Pages, health, documents: each sees to its own authentication."""


def _share(connections: int) -> int:
    """Give how many connections one tenant may hold at once: a quarter."""
    return max(connections // 4, 1)


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Litestar:
    """Make the application; granian calls it in each worker process."""
    log.configure()
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    chosen = settings or settings_module.load()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with open_runtime(chosen, DB, clock) as runtime:
            app.state.runtime = runtime
            app.state.access_tokens = AccessTokens(chosen.session_secret, runtime.clock)
            uses = KeyUses(runtime.db, runtime.clock)
            app.state.key_ring = KeyRing(runtime.db, app.state.access_tokens, uses.note)
            app.state.limiter = Limiter(runtime.valkey)
            app.state.reach = accounts_service.reach_by(runtime.db)
            app.state.pulse = Pulse(runtime)
            async with uses.written(), app.state.key_ring.watched(), app.state.pulse.beating():
                yield

    api = Router(
        "/v1",
        route_handlers=API_HANDLERS,
        middleware=[
            ApiKeyMiddleware(),
            RateLimitMiddleware(chosen.rates),
            InForceMiddleware(),
            SpoolFiles(),
            IdempotencyMiddleware(_share(chosen.database.pool_size)),
        ],
        dependencies=inject.subject_provider(),
        before_request=refuse_unknown_parameters,
        response_class=Entity,
    )
    return Litestar(
        [api, *AGENT_HANDLERS, *OPEN_HANDLERS],
        lifespan=[lifespan],
        dependencies=inject.providers(),
        middleware=[log.RequestContext()],
        before_send=[log.log_answer, tell, AnswerHeaders(chosen)],
        exception_handlers=web.EXCEPTION_HANDLERS,
        request_class=JsonRequest,
        request_max_body_size=1024 * 1024,
        openapi_config=openapi_config(chosen.public_url, SCOPES),
        logging_config=None,
    )

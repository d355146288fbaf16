"""The portal as the application mounts it: its pages behind their middleware, and its static files."""

from litestar import Router
from litestar.types import ControllerRouterHandler, ExceptionHandlersMap

from web import errors, inject, static_files
from web.branding import HostBrandMiddleware, TenantBrandMiddleware
from web.csrf import CsrfWall
from web.language import LanguageMiddleware
from web.pages import (
    account,
    account_security,
    agency,
    agency_client,
    brand,
    certificates,
    compose,
    confirm_identity,
    docs,
    domain_dkim,
    domains,
    domains_providers,
    domains_publish,
    domains_records,
    domains_shared,
    forgot_password,
    home,
    invitations,
    links,
    mail_set_up,
    mailboxes,
    messages,
    operator,
    palette,
    places,
    plans,
    provider_sign_in,
    reports,
    second_factor,
    settings,
    settings_access,
    settings_api_keys,
    settings_audit_log,
    settings_closing,
    settings_members,
    settings_usage,
    sign_in,
    sign_up,
    single_sign_on,
    switch,
    webhooks,
)
from web.site_hosts import SiteHostMiddleware
from web.visitor import VisitorMiddleware

_PAGES = (
    agency,
    agency_client,
    brand,
    operator,
    home,
    compose,
    messages,
    certificates,
    domains,
    domain_dkim,
    domains_records,
    domains_publish,
    domains_providers,
    domains_shared,
    reports,
    mail_set_up,
    mailboxes,
    webhooks,
    settings,
    settings_access,
    settings_api_keys,
    settings_audit_log,
    settings_closing,
    settings_usage,
    plans,
    places,
    palette,
    sign_in,
    sign_up,
    forgot_password,
    links,
    invitations,
    settings_members,
    account,
    second_factor,
    confirm_identity,
    account_security,
    provider_sign_in,
    single_sign_on,
    switch,
    docs,
)
HANDLERS: list[ControllerRouterHandler] = [
    Router(
        "/",
        route_handlers=[handler for page in _PAGES for handler in page.HANDLERS],
        middleware=[
            SiteHostMiddleware(),
            HostBrandMiddleware(),
            LanguageMiddleware(),
            VisitorMiddleware(),
            TenantBrandMiddleware(),
            CsrfWall(),
        ],
        exception_handlers={Exception: errors.render},
        dependencies=inject.providers(),
        include_in_schema=False,
    ),
    *static_files.routers(),
]

EXCEPTION_HANDLERS: ExceptionHandlersMap = {Exception: errors.render_either}
"""For what is outside the portal's routes: pages for people, problem+json for programs."""

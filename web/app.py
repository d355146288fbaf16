"""The portal as the application mounts it: its pages behind their middleware, and its static files."""

from litestar import Response, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler, ExceptionHandlersMap

from control_plane.core.errors import NotFound
from control_plane.core.problem import Problem
from web import errors, inject
from web.assets import STATIC
from web.cookies import PageRequest
from web.csrf import CsrfWall
from web.pages import compose, domains, home, mailboxes, messages, sign_in, webhooks
from web.rendering import Answer
from web.visitor import VisitorMiddleware

_PAGES = (home, compose, messages, domains, mailboxes, webhooks, sign_in)
_YEAR_SECONDS = 365 * 24 * 3600
_DAY_SECONDS = 24 * 3600


def _no_file_name(request: PageRequest, _: ValueError) -> Answer | Response[Problem]:
    return errors.render_either(request, NotFound())  # a NUL: no file system has such a name


def _static(path: str, folder: str, cache: CacheControlHeader) -> Router:
    return create_static_files_router(
        path,
        [STATIC / folder],
        name=path,
        cache_control=cache,
        include_in_schema=False,
        middleware=[DefineMiddleware(CompressionMiddleware, config=CompressionConfig(backend="gzip"))],
        resolve_symlinks=False,
        exception_handlers={ValueError: _no_file_name},
    )


HANDLERS: list[ControllerRouterHandler] = [
    Router(
        "/",
        route_handlers=[handler for page in _PAGES for handler in page.HANDLERS],
        middleware=[VisitorMiddleware(), CsrfWall()],
        exception_handlers={Exception: errors.render},
        dependencies=inject.providers(),
        include_in_schema=False,
    ),
    _static("/static/build", "build", CacheControlHeader(public=True, max_age=_YEAR_SECONDS, immutable=True)),
    _static("/static", ".", CacheControlHeader(public=True, max_age=_DAY_SECONDS)),
]

EXCEPTION_HANDLERS: ExceptionHandlersMap = {Exception: errors.render_either}
"""For what is outside the portal's routes: pages for people, problem+json for programs."""

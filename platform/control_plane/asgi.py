"""The web application: the only place, with `worker` and `cli`, that knows all features."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ControllerRouterHandler, Scope

from control_plane import settings as settings_module
from control_plane.core import log, problem
from control_plane.core.auth import ApiKeyMiddleware, KeyRing, Subject
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime, open_runtime
from control_plane.core.valkey import Client, Signals
from control_plane.piccolo_conf import DB
from control_plane.settings import Settings

API_HANDLERS: list[ControllerRouterHandler] = []
"""Under /v1, with an API key."""
AGENT_HANDLERS: list[ControllerRouterHandler] = []
"""For nodes, with their own credentials."""
OPEN_HANDLERS: list[ControllerRouterHandler] = []
"""Pages, health, documents: each sees to its own authentication."""


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Litestar:
    """Make the application; granian calls it in each worker process."""
    log.configure()
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    chosen = settings or settings_module.load()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with open_runtime(chosen, DB, clock) as runtime:
            app.state.runtime = runtime
            app.state.key_ring = KeyRing(runtime.db)
            yield

    api = Router("/v1", route_handlers=API_HANDLERS, middleware=[ApiKeyMiddleware()], dependencies=_subject())
    return Litestar(
        [api, *AGENT_HANDLERS, *OPEN_HANDLERS],
        lifespan=[lifespan],
        dependencies=_runtime_parts(),
        middleware=[log.RequestLog()],
        exception_handlers=problem.HANDLERS,
        request_max_body_size=1024 * 1024,
        logging_config=None,
    )


def _subject() -> dict[str, Provide]:
    return {"subject": Provide(provide_subject, sync_to_thread=False)}


def _runtime_parts() -> dict[str, Provide]:
    providers = (
        provide_runtime,
        provide_db,
        provide_vault,
        provide_signals,
        provide_settings,
        provide_clock,
        provide_valkey,
    )
    return {
        provider.__name__.removeprefix("provide_"): Provide(provider, sync_to_thread=False) for provider in providers
    }


def provide_subject(scope: Scope) -> Subject:
    """Give who is asking."""
    subject: Subject = scope["user"]
    return subject


def provide_runtime(state: State) -> Runtime:
    """Give all open parts."""
    runtime: Runtime = state.runtime
    return runtime


def provide_db(state: State) -> Database:
    """Give the database."""
    return provide_runtime(state).db


def provide_vault(state: State) -> Vault:
    """Give the vault."""
    return provide_runtime(state).vault


def provide_signals(state: State) -> Signals:
    """Give the signal channels."""
    return provide_runtime(state).signals


def provide_valkey(state: State) -> Client:
    """Give the Valkey client."""
    return provide_runtime(state).valkey


def provide_settings(state: State) -> Settings:
    """Give the settings."""
    return provide_runtime(state).settings


def provide_clock(state: State) -> Clock:
    """Give the clock."""
    return provide_runtime(state).clock

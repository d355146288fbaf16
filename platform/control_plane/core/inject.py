"""What routes may ask for by parameter name: `async def get_node(db: inject.Database, clock: inject.Clock) -> …`."""

from typing import TypeAlias

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation
from litestar.types import Scope

from control_plane import settings as settings_module
from control_plane.core import auth, blobs, crypto, database, runtime, valkey
from control_plane.core import clock as clock_module

# Not validated: msgspec cannot check a union of address types, and what we open ourselves needs no check.
Runtime: TypeAlias = NamedDependency[SkipValidation[runtime.Runtime]]
Settings: TypeAlias = NamedDependency[SkipValidation[settings_module.Settings]]
Database: TypeAlias = NamedDependency[database.Database]
"""Parameter `db`."""
Vault: TypeAlias = NamedDependency[crypto.Vault]
Blobs: TypeAlias = NamedDependency[blobs.Blobs]
Signals: TypeAlias = NamedDependency[valkey.Signals]
Valkey: TypeAlias = NamedDependency[valkey.Client]
Clock: TypeAlias = NamedDependency[clock_module.Clock]
Subject: TypeAlias = NamedDependency[auth.Subject]
"""Who is asking; under /v1 only."""


def providers() -> dict[str, Provide]:
    """Name the open parts; `runtime` stands in the application's state from start to end."""
    functions = {
        "runtime": _runtime,
        "settings": _settings,
        "db": _db,
        "vault": _vault,
        "blobs": _blobs,
        "signals": _signals,
        "valkey": _valkey,
        "clock": _clock,
    }
    return {name: Provide(function, sync_to_thread=False) for name, function in functions.items()}


def subject_provider() -> dict[str, Provide]:
    """Name the subject that the authentication found."""
    return {"subject": Provide(_subject, sync_to_thread=False)}


def _runtime(state: State) -> runtime.Runtime:
    opened: runtime.Runtime = state.runtime
    return opened


def _settings(state: State) -> settings_module.Settings:
    return _runtime(state).settings


def _db(state: State) -> database.Database:
    return _runtime(state).db


def _vault(state: State) -> crypto.Vault:
    return _runtime(state).vault


def _blobs(state: State) -> blobs.Blobs:
    return _runtime(state).blobs


def _signals(state: State) -> valkey.Signals:
    return _runtime(state).signals


def _valkey(state: State) -> valkey.Client:
    return _runtime(state).valkey


def _clock(state: State) -> clock_module.Clock:
    return _runtime(state).clock


def _subject(scope: Scope) -> auth.Subject:
    subject: auth.Subject = scope["user"]
    return subject

"""Whatever a program that has read the document may send, the answer is one that the document describes.

Schemathesis makes the requests: as described, and wrong on purpose. They go to the application of the tests in their
own event loop, while Hypothesis works in a thread.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant

EXAMPLES = 12
"""Per operation and mode; more are worth it after big changes."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

Send = Callable[[Case[Any]], httpx.Response]


def probe_of(case_of: Any, send: Send) -> Callable[[], None]:
    """Make what tries one operation."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=case_of)
    def probe(case: Case[Any]) -> None:
        case.validate_response(send(case), checks=CHECKS)

    def run() -> None:
        with suppress(Unsatisfiable):  # nothing can be wrong with a request that takes nothing
            probe()

    return run


def _told(group: BaseExceptionGroup[Failure]) -> list[str]:
    return [
        line
        for each in group.exceptions
        for line in (_told(each) if isinstance(each, BaseExceptionGroup) else [f"{each.title}: {each.message}"])
    ]


@pytest.mark.timeout(600)
async def test_no_request_is_answered_otherwise_than_described(
    client: httpx.AsyncClient, operator: Tenant, db: Database
) -> None:
    with acting_for(operator.id):
        async with db.tenant_tx() as tx:  # else most would be told to come back later
            await tx.connection.execute("update api_keys set requests_per_minute = 1000000")
    document = (await client.get("/schema/openapi.json")).json()
    loop = asyncio.get_running_loop()

    def send(case: Case[Any]) -> httpx.Response:
        made = case.as_transport_kwargs(base_url="http://fleetpost.test", headers=operator.headers)
        wanted = {
            name: made[name] for name in ("method", "url", "params", "headers", "json", "content") if name in made
        }
        wanted["headers"] = [
            (name.encode(), value.encode("latin-1", "replace")) for name, value in made["headers"].items()
        ]
        if "data" in made:
            wanted["content"] = made["data"]
        return asyncio.run_coroutine_threadsafe(client.request(**wanted), loop).result(30)

    schema = schemathesis.openapi.from_dict(document)
    failures = []
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # what cannot be read raises here
        for mode in GenerationMode:
            case_of = operation.as_strategy(generation_mode=mode)
            try:
                await asyncio.to_thread(probe_of(case_of, send))
            except* Failure as group:  # each operation's findings are told, and not the first one's only
                failures += [f"{operation.label} ({mode.value}): {told}" for told in _told(group)]
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)

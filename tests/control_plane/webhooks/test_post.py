"""What a hostile endpoint may answer: nothing of it takes long, takes much, or ends a try without an outcome."""

import asyncio
import gzip
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeAlias

import httpx
import pytest

from control_plane.core.http import ForbiddenAddress, Unresolved
from control_plane.core.runtime import Runtime
from control_plane.webhooks import post as posting
from control_plane.webhooks.post import Signed, post
from control_plane.webhooks.retries import Outcome
from control_plane.webhooks.signing import new_secret

Answering: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@asynccontextmanager
async def endpoint(answer: Answering) -> AsyncGenerator[str]:
    """An endpoint that answers in its own way; gives its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def outcome_of(runtime: Runtime, answer: Answering) -> Outcome:
    async with endpoint(answer) as url:
        message = Signed(url=url, id="evt_1", body=b"{}", secrets=(new_secret(),))
        async with asyncio.timeout(10):
            return await post(runtime.http, message, datetime.now(UTC))


async def outcome_by(error: Exception) -> Outcome:
    """Try with a client that fails."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as client:
        message = Signed(url="https://hooks.test/", id="evt_1", body=b"{}", secrets=(new_secret(),))
        return await post(client, message, datetime.now(UTC))


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"Content-Length: 1000000000000\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def bomb(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"\0" * 100_000_000, 1)[:100_000])
    await writer.drain()


async def many_headers(writer: asyncio.StreamWriter) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(60))
    writer.write(OK + b"Set-Cookie: a=b\r\nContent-Length: 0\r\n" + lines + b"\r\n")
    await writer.drain()


async def garbage(writer: asyncio.StreamWriter) -> None:
    writer.write(b"\0\xff220 mail.example.test ESMTP\r\n")
    await writer.drain()


async def nothing(_: asyncio.StreamWriter) -> None:
    return


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(0.02)


async def nul(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"Content-Length: 3\r\n\r\n\0\xffx")
    await writer.drain()


async def test_an_endless_answer_is_read_no_further_than_is_shown(runtime: Runtime) -> None:
    outcome = await outcome_of(runtime, endless)
    assert (outcome.status, outcome.excerpt) == (200, "x" * 500)


async def test_a_packed_answer_stays_packed(runtime: Runtime) -> None:
    outcome = await outcome_of(runtime, bomb)
    assert outcome.status == 200
    assert len(outcome.excerpt) <= 500
    assert "\0" not in outcome.excerpt


async def test_little_is_kept_of_many_headers_and_no_cookie(runtime: Runtime) -> None:
    outcome = await outcome_of(runtime, many_headers)
    assert outcome.status == 200
    assert len(outcome.headers) <= 20
    assert sum(len(value) for value in outcome.headers.values()) <= 1000
    assert "set-cookie" not in outcome.headers


@pytest.mark.parametrize("answer", [garbage, nothing])
async def test_what_is_no_http_is_a_try_that_failed(runtime: Runtime, answer: Answering) -> None:
    outcome = await outcome_of(runtime, answer)
    assert outcome.status is None
    assert "Error" in outcome.excerpt


async def test_an_answer_that_never_ends_to_begin_is_given_up(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "TRY_SECONDS", 0.2)
    outcome = await outcome_of(runtime, drip)
    assert (outcome.status, outcome.excerpt) == (None, "no answer in time")
    assert outcome.milliseconds >= 200


@pytest.mark.parametrize("error", [httpx.PoolTimeout("too many"), Unresolved("nobody answers")])
async def test_what_never_came_to_a_try_is_none_that_failed(error: httpx.TransportError) -> None:
    outcome = await outcome_by(error)
    assert (outcome.tried, outcome.ours, outcome.delivered) == (False, True, False)


async def test_what_we_did_not_foresee_is_a_try_that_is_not_the_endpoints_fault() -> None:
    outcome = await outcome_by(RuntimeError())
    assert (outcome.tried, outcome.ours) == (True, True)


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), ForbiddenAddress("inside"), httpx.ReadTimeout("late")]
)
async def test_what_went_wrong_there_is_the_endpoints(error: httpx.TransportError) -> None:
    outcome = await outcome_by(error)
    assert (outcome.tried, outcome.ours) == (True, False)


async def test_an_answer_that_no_database_takes_is_made_harmless(runtime: Runtime) -> None:
    outcome = await outcome_of(runtime, nul)
    assert outcome.excerpt == "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}x"


async def test_an_address_inside_is_not_reached_whatever_was_stored(runtime: Runtime) -> None:
    message = Signed(url="https://10.0.0.1/", id="evt_1", body=b"{}", secrets=(new_secret(),))
    outcome = await post(runtime.http, message, datetime.now(UTC))
    assert outcome.status is None
    assert outcome.excerpt.startswith("ForbiddenAddress")


def test_httpx_follows_nothing_by_itself(runtime: Runtime) -> None:
    assert isinstance(runtime.http, httpx.AsyncClient)
    assert runtime.http.follow_redirects is False

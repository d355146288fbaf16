"""Built files come compressed, kept for ever; nothing else is to be had."""

import gzip

import httpx
import pytest

from web.assets import STATIC, Assets
from web.static_files import coding


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("", ""),
        ("identity;q=1, *;q=0", ""),
    ],
)
def test_the_smallest_that_a_browser_reads_is_chosen(accepted: str, chosen: str) -> None:
    assert coding(accepted) == chosen


async def test_a_built_file_is_handed_out_as_it_was_compressed(client: httpx.AsyncClient) -> None:
    url = Assets().url("app.css")
    plain = await client.get(url, headers={"accept-encoding": "identity"})
    packed = await client.send(client.build_request("GET", url, headers={"accept-encoding": "gzip"}), stream=True)
    content = b"".join([part async for part in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(content) == plain.content
    assert "immutable" in plain.headers["cache-control"]
    assert plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("name", ["manifest.json", "app.css", "..%2ffavicon.svg", "a%00.css", "%2e%2e/%2e%2e/app.py"])
async def test_what_is_no_built_file_is_not_there(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/static/build/{name}")).status_code == 404


async def test_other_files_are_there_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/favicon.svg")
    assert answer.content == (STATIC / "favicon.svg").read_bytes()

"""Large files leave with their tenant: in the export, and for good when it is erased."""

import base64
import os
from pathlib import Path

import httpx
import msgspec

from control_plane.core import ids
from control_plane.core.runtime import Runtime
from control_plane.tenants import service
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.messages.test_large_files import file, send
from tests.control_plane.tenants.conftest import MakeClient, act
from tests.control_plane.tenants.test_ending import In

LARGE = os.urandom(200_000)


def on_disk(runtime: Runtime, tenant: Tenant) -> list[Path]:
    """List what lies on disk of a tenant's files."""
    return [path for path in (Path(runtime.settings.blobs) / ids.bare(tenant.id)).rglob("*") if path.is_file()]


async def test_an_export_holds_them(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    await send(client, tenant, domain, file(LARGE), file(LARGE[::-1]))
    lines = (await client.get("/v1/account/export", headers=tenant.headers)).content.splitlines()
    read = [msgspec.json.decode(line) for line in lines[1:]]
    sizes = {each["row"]["id"]: each["row"]["size"] for each in read if each["table"] == "blobs"}
    contents = dict.fromkeys(sizes, b"")
    for each in read:
        if each["table"] == "blob_contents":
            contents[each["row"]["blob_id"]] += base64.b64decode(each["row"]["content"])
    assert sorted(contents.values()) == sorted([LARGE, LARGE[::-1]])
    assert set(sizes.values()) == {len(LARGE)}
    assert not any("sealed_key" in each["row"] for each in read)


async def test_they_are_erased_with_their_tenant_and_others_stay(
    client: httpx.AsyncClient, runtime: Runtime, agency: Tenant, make_client: MakeClient, make_domain: MakeDomain
) -> None:
    gone, stays = await make_client(agency), await make_client(agency)
    for owner in (gone, stays):
        await send(client, owner, await make_domain(owner), file(LARGE))
    await act(client, agency, gone, "close")
    await service.erase_due(runtime.db, In(31, runtime.clock), runtime.blobs)
    assert on_disk(runtime, gone) == []
    assert len(on_disk(runtime, stays)) == 1

"""What the name server has lost is told again, and what it should not have is taken away."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from control_plane.core.runtime import Runtime
from control_plane.dns_zone import jobs
from control_plane.dns_zone.names import acme_name
from control_plane.dns_zone.schemas import ZoneRecord
from control_plane.dns_zone.server import from_settings
from control_plane.dns_zone.service.repair import differences
from tests.conftest import Tenant
from tests.control_plane.dns_zone.knot import ZONE, Knot, prepared
from tests.control_plane.dns_zone.test_writing import id_of, put, txt


@pytest.fixture
async def domain_id(zoned: Runtime, tenant: Tenant, domain: str) -> UUID:
    """A domain of `tenant`."""
    return await id_of(zoned, tenant, domain)


async def spoil(knot: Knot, *changes: tuple[str, str | None]) -> None:
    """Change the zone behind our back."""
    server = from_settings(knot.settings())
    assert server is not None
    await server.write([txt(name, *([] if text is None else [text])) for name, text in changes])


async def test_drift_is_repaired(zoned: Runtime, knot: Knot, tenant: Tenant, domain_id: UUID) -> None:
    name, stray = acme_name(domain_id, ZONE), f"x.dkim.{ZONE}"
    await put(zoned, tenant, txt(name, "right"))
    await jobs.repair(zoned)
    await spoil(knot, (name, "wrong"), (stray, "stray"), (f"operators.{ZONE}", "own"))
    await jobs.repair(zoned)
    assert await knot.ask(name, "TXT") == ['"right"']
    assert await knot.ask(stray, "TXT") == []
    assert await knot.ask(f"operators.{ZONE}", "TXT") == ['"own"']  # not ours to touch
    assert await knot.ask(f"www.{ZONE}", "A") == ["10.77.0.1"]


async def test_without_transfers_each_record_is_asked_for(
    zoned: Runtime, tmp_path: Path, tenant: Tenant, domain_id: UUID
) -> None:
    name, home = acme_name(domain_id, ZONE), tmp_path / "strict"
    home.mkdir()
    with prepared(home, transfers=False) as strict:
        strict.start()
        settings = msgspec.structs.replace(zoned.settings, zone=strict.settings())
        narrow = msgspec.structs.replace(zoned, settings=settings)
        await put(narrow, tenant, txt(name, "right"))
        await jobs.repair(narrow)
        await spoil(strict, (name, None))
        await jobs.repair(narrow)
        assert await strict.ask(name, "TXT") == ['"right"']


@pytest.mark.parametrize(
    ("wanted", "held", "differing"),
    [
        (["a"], ["a"], 0),
        (["a", "b"], ["b", "a"], 0),  # a set has no order
        (["a"], ["b"], 1),
        (["a"], [], 1),  # lost
        ([], ["a"], 1),  # a stray
    ],
)
def test_what_differs_is_found(wanted: list[str], held: list[str], differing: int) -> None:
    def table(values: list[str]) -> dict[tuple[str, str], ZoneRecord]:
        record = txt(f"fp1r.x.dkim.{ZONE}", *values)
        return {record.key: record} if values else {}

    assert len(differences(table(wanted), table(held), "reports", ZONE)) == differing


@pytest.mark.parametrize(
    ("name", "record_type", "stray"),
    [
        (f"fp1r.x.dkim.{ZONE}", "TXT", True),
        (f"fp1r.x.dkim.{ZONE}", "RRSIG", False),  # the server's own doing
        (f"www.{ZONE}", "TXT", False),  # the operator's
        (ZONE, "TXT", False),
        (f"old.reports.{ZONE}", "TXT", True),
    ],
)
def test_only_what_is_ours_alone_is_a_stray(name: str, record_type: str, stray: bool) -> None:
    record = ZoneRecord(name=name, type=record_type, values=("x",))
    assert bool(differences({}, {record.key: record}, "reports", ZONE)) == stray

"""`fleetpost zone check` says what is well and what is to be done."""

import msgspec

from control_plane.core.runtime import Runtime
from control_plane.dns_zone import commands
from tests.control_plane.dns_zone.knot import WRONG_KEY, ZONE, Knot


async def said(runtime: Runtime) -> tuple[bool, list[str]]:
    lines: list[str] = []
    return await commands.check(runtime, lines.append), lines


async def test_a_zone_that_is_well_is_said_to_be(zoned: Runtime, knot: Knot) -> None:
    settings = msgspec.structs.replace(zoned.settings, nameservers=(f"127.0.0.1@{knot.port}",))
    is_fine, lines = await said(msgspec.structs.replace(zoned, settings=settings))
    assert is_fine, lines
    assert lines[1] == "ok: The world sees what we write: the zone is delegated."
    assert await knot.ask(f"_check.{ZONE}", "TXT") == []


async def test_a_zone_that_is_not_delegated_is_found_out(zoned: Runtime) -> None:
    settings = msgspec.structs.replace(zoned.settings, nameservers=("127.0.0.1@9",))
    is_fine, lines = await said(msgspec.structs.replace(zoned, settings=settings))
    assert not is_fine
    assert next(line for line in lines if line.startswith("TO DO")).endswith("let secondaries be notified.")


async def test_a_wrong_key_is_found_out_without_being_told(zoned: Runtime, knot: Knot) -> None:
    settings = msgspec.structs.replace(zoned.settings, zone=knot.settings(WRONG_KEY))
    is_fine, lines = await said(msgspec.structs.replace(zoned, settings=settings))
    assert not is_fine
    assert "compare FLEETPOST_ZONE_KEY" in lines[0]
    assert WRONG_KEY.rpartition(":")[2] not in " ".join(lines)


async def test_half_a_setting_is_found_out(zoned: Runtime) -> None:
    for zone in (
        msgspec.structs.replace(zoned.settings.zone, key=""),
        msgspec.structs.replace(zoned.settings.zone, key="nonsense"),
    ):
        settings = msgspec.structs.replace(zoned.settings, zone=zone)
        is_fine, lines = await said(msgspec.structs.replace(zoned, settings=settings))
        assert not is_fine
        assert "FLEETPOST_ZONE_KEY" in lines[0]


async def test_without_a_zone_nothing_need_be_done(runtime: Runtime) -> None:
    assert await said(runtime) == (
        True,
        ["ok: There is no zone of our own (FLEETPOST_ZONE): customers publish every record themselves."],
    )

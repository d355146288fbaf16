"""Certificates brought to a real HAProxy."""

import asyncio
import ssl
from pathlib import Path

import msgspec
import pytest
import structlog
from cryptography import x509

from control_plane.front.certificates import Unservable
from control_plane.front.keeper import Keeper, NoConfiguration
from control_plane.front.layout import write
from control_plane.front.process import rights
from tests.control_plane.front.conftest import HANDSHAKE, HOST, Front
from tests.control_plane.front.pki import NOW, make


async def test_each_host_has_its_own_certificate_and_others_the_default(front: Front) -> None:
    one, other, wild = make("a.test"), make("b.test"), make("*.c.test")
    await front.keeper.keep([one, other, wild])
    assert await front.certificate("a.test") == one.der
    assert await front.certificate("b.test") == other.der
    assert await front.certificate("deep.c.test") == wild.der
    default = await front.certificate(None)
    assert default not in (one.der, other.der, wild.der)
    assert await front.certificate("unknown.test") == default
    assert x509.load_der_x509_certificate(default).subject.rfc4514_string() == f"CN={HOST}"


async def test_sessions_stay_up_while_certificates_come_change_and_go(front: Front) -> None:
    await front.keeper.keep([make("a.test")])
    async with front.connected("a.test") as (web_reader, web_writer), front.connected("a.test") as (reader, writer):
        web_writer.write(HANDSHAKE.encode())
        await web_reader.readuntil(b"\r\n\r\n")
        writer.write(f"GET /slow HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        await reader.readuntil(b"begun\n")
        worker = await front.keeper.worker()

        renewed, more = make("a.test"), make("more.test")
        await front.keeper.keep([renewed, more])
        assert await front.certificate("a.test") == renewed.der
        assert await front.certificate("more.test") == more.der
        await front.keeper.keep([renewed])
        assert await front.certificate("more.test") == await front.certificate(None)

        assert await front.keeper.worker() == worker  # nothing was reloaded
        web_writer.write(b"still here?\n")
        assert await web_reader.readline() == b"still here?\n"
        front.upstream.more.set()
        assert b"ended\n" in await reader.read()


async def test_a_thousand_certificates_are_there_in_seconds_and_a_session_outlives_the_reload(front: Front) -> None:
    shared = make("shared.test")
    many = [shared.__class__((f"h{number}.test",), shared.chain, shared.private_key) for number in range(1000)]
    async with front.connected(HOST) as (reader, writer):
        writer.write(HANDSHAKE.encode())
        await reader.readuntil(b"\r\n\r\n")
        began = asyncio.get_running_loop().time()
        await front.keeper.keep(many)
        seconds = asyncio.get_running_loop().time() - began
        assert await front.certificate("h999.test") == shared.der
        writer.write(b"still here?\n")
        assert await reader.readline() == b"still here?\n"
    print(f"1,000 certificates in {seconds:.1f} s")
    assert seconds < 20


async def test_what_haproxy_refuses_is_left_out_with_a_line_in_the_log(front: Front) -> None:
    good, weak = make("a.test"), make("weak.test", rsa_bits=1024)
    with structlog.testing.capture_logs() as logs:
        await front.keeper.keep([good, weak])
        await front.keeper.keep([good, weak])
    assert await front.certificate("a.test") == good.der
    assert [line["names"] for line in logs if line["action"] == "front.left_out"] == [("weak.test",)]


async def test_a_reload_leaves_out_what_haproxy_refuses_too(front: Front) -> None:
    good, weak = make("a.test"), make("weak.test", rsa_bits=1024)
    many = [good.__class__((f"h{number}.test",), good.chain, good.private_key) for number in range(150)]
    with structlog.testing.capture_logs() as logs:
        await front.keeper.keep([*many, weak])
    assert await front.certificate("h149.test") == good.der
    assert [line["names"] for line in logs if line["action"] == "front.left_out"] == [("weak.test",)]


async def test_a_refused_successor_leaves_the_former_in_force(front: Front) -> None:
    good = make("a.test")
    await front.keeper.keep([good])
    await front.keeper.keep([make("a.test", rsa_bits=1024)])
    await front.keeper.keep([make("b.test"), make("a.test", rsa_bits=1024)])
    assert await front.certificate("a.test") == good.der


async def test_the_front_starts_with_what_it_had_when_nobody_can_tell_it(front: Front) -> None:
    kept = make("a.test")
    await front.keeper.keep([kept])
    default = await front.certificate(None)
    await front.keeper.haproxy.stop()
    again = Keeper(front.options, front.layout, rights(front.options))
    await again.start(HOST, NOW)
    try:
        assert await front.certificate("a.test") == kept.der
        assert await front.certificate(None) == default
    finally:
        await again.haproxy.stop()


async def test_a_certificate_that_was_spoilt_on_disk_does_not_keep_the_front_down(front: Front) -> None:
    await front.keeper.keep([make("a.test"), make("b.test")])
    await front.keeper.haproxy.stop()
    spoilt = min(front.layout.certificates.iterdir())
    write(spoilt, "nonsense\n")
    again = Keeper(front.options, front.layout, rights(front.options))
    await again.start(HOST, NOW)
    try:
        assert spoilt not in front.layout.certificates.iterdir()
        assert len(list(front.layout.certificates.iterdir())) == 1
    finally:
        await again.haproxy.stop()


async def test_a_configuration_that_haproxy_does_not_take_is_never_run_and_all_stays_as_it_was(front: Front) -> None:
    kept = make("a.test")
    await front.keeper.keep([kept])
    wrong = Keeper(msgspec.structs.replace(front.options, web=("not-an-address",)), front.layout, None)
    before = front.layout.configuration.read_text()
    with pytest.raises(NoConfiguration, match="not-an-address"):
        await wrong.start(HOST, NOW)
    assert front.layout.configuration.read_text() == before
    assert await front.certificate("a.test") == kept.der


async def test_the_installations_own_certificate_is_taken_over_when_its_file_changes(
    front: Front, tmp_path: Path
) -> None:
    first, second = make(HOST), make(HOST)
    file = tmp_path / "own.pem"
    file.write_text(first.chain + first.private_key)
    await front.keeper.haproxy.stop()
    keeper = Keeper(msgspec.structs.replace(front.options, certificate=str(file)), front.layout, rights(front.options))
    await keeper.start(HOST, NOW)
    try:
        assert await front.certificate(None) == first.der
        file.write_text(second.chain + second.private_key)
        await keeper.keep_default(HOST, NOW)
        assert await front.certificate(None) == second.der
        file.write_text("half a file")
        with pytest.raises(Unservable):
            await keeper.keep_default(HOST, NOW)
        assert await front.certificate(None) == second.der
    finally:
        await keeper.haproxy.stop()


async def test_nobody_else_can_read_the_keys(front: Front) -> None:
    await front.keeper.keep([make("a.test")])
    assert front.layout.certificates.stat().st_mode & 0o777 == 0o700
    files = [*front.layout.certificates.iterdir(), front.layout.default, front.layout.listing]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_old_tls_is_refused(front: Front, version: ssl.TLSVersion) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = version, version
    with pytest.raises(ssl.SSLError):
        await asyncio.open_connection("127.0.0.1", front.https, ssl=context)

"""A login that is tried when somebody asks for it, at a real server."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from tenant_agent.relays.trial import Trials
from tenant_agent.relays.walls import Walls
from tests.tenant_agent.relays.provider import HOST, Provider, serving
from tests.tenant_agent.relays.relay_samples import relay


async def at_home(_host: str, _port: int) -> list[str]:
    return ["127.0.0.5"]


def trials(authority: Path, *allowed: str) -> Trials:
    return Trials(Walls(tuple(map(ip_network, allowed)), authority), at_home)


@pytest.mark.parametrize("implicit", [False, True])
async def test_a_good_login_has_no_problem(tmp_path: Path, implicit: bool) -> None:
    provider, authority = Provider(ann="secret"), tmp_path / "ca.pem"
    async with serving(provider, authority, implicit=implicit):
        asked = relay(port=provider.port, tls="implicit" if implicit else "starttls")
        assert await trials(authority, "127.0.0.0/8").problem_of(asked) == ""


async def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    provider, authority = Provider(ann="secret"), tmp_path / "ca.pem"
    async with serving(provider, authority):
        good = relay(port=provider.port)
        tried = trials(authority, "127.0.0.0/8")
        assert "login was refused: 535" in await tried.problem_of(relay(port=provider.port, password="other"))
        assert "certificate" in await tried.problem_of(relay(port=provider.port, host="other.provider.test"))
        elsewhere = Walls((ip_network("127.0.0.0/8"),))
        assert "certificate" in await Trials(elsewhere, at_home).problem_of(good)
    assert "cannot be used" in await tried.problem_of(good)


async def test_nothing_inside_is_connected_to(tmp_path: Path) -> None:
    provider, authority = Provider(ann="secret"), tmp_path / "ca.pem"
    async with serving(provider, authority):
        assert "not on the public internet" in await trials(authority).problem_of(relay(port=provider.port))
    assert provider.connections == 0


async def test_it_is_tried_once_each_time_that_it_is_asked_for(tmp_path: Path) -> None:
    provider, authority = Provider(ann="secret"), tmp_path / "ca.pem"
    async with serving(provider, authority):
        tried = trials(authority, "127.0.0.0/8")
        for probe, connections in (("", 0), ("a", 1), ("a", 1), ("b", 2)):
            tried.follow([relay(port=provider.port, probe=probe)])
            await tried.settled()
            assert provider.connections == connections
            assert tried.results == ({"rly_1": (probe, "")} if probe else {})
        tried.follow([])
        assert tried.results == {}


def test_the_provider_of_the_tests_is_the_samples(tmp_path: Path) -> None:
    assert relay().host == HOST

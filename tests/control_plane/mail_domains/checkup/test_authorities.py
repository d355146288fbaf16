"""Asking a zone's own servers, over the network."""

from ipaddress import ip_network

import pytest

from control_plane.mail_domains.checkup.authorities import DirectAuthorities, NameServer
from control_plane.mail_domains.resolver import Answer
from tests.control_plane.mail_domains.small_dns import serving

ZONE = {("acme.test.", "TXT"): ['"hello"']}
LOOPBACK = [ip_network("127.0.0.0/8")]
QUESTION = ("acme.test", "TXT")


async def test_a_server_is_asked_for_itself() -> None:
    async with serving(ZONE, authoritative=True) as nameserver:
        authorities = DirectAuthorities(LOOPBACK, port=int(nameserver.partition("@")[2]), seconds=0.5)
        assert await authorities.ask(NameServer("ns1.test", "127.0.0.1"), QUESTION) == Answer(("hello",))


async def test_a_server_that_only_passes_questions_on_knows_nothing_of_the_zone() -> None:
    async with serving(ZONE) as nameserver:
        authorities = DirectAuthorities(LOOPBACK, port=int(nameserver.partition("@")[2]), seconds=0.5)
        answer = await authorities.ask(NameServer("ns1.test", "127.0.0.1"), QUESTION)
        assert answer.problem == "it does not know the zone"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"])
async def test_strangers_do_not_lead_us_into_private_networks(address: str) -> None:
    answer = await DirectAuthorities([], port=1).ask(NameServer("ns1.test", address), QUESTION)
    assert answer.problem == "its address is not on the public internet"


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async with serving(ZONE, authoritative=True) as nameserver:
        authorities = DirectAuthorities(LOOPBACK, port=int(nameserver.partition("@")[2]), seconds=0.1)
        answer = await authorities.ask(NameServer("ns1.test", "127.0.0.1"), ("silent.test", "TXT"))
        assert answer.problem == "no answer in time"

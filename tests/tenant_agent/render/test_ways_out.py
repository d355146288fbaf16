"""Where mail may go: whoever owns a domain says where its mail is taken in, but not on the inside of our network."""

import ipaddress

from tenant_agent.layout import Layout
from tenant_agent.relays.lines import relay_lines
from tenant_agent.relays.walls import Walls, networks, reply_filter
from tenant_agent.render import ways_out
from tenant_agent.transports import PLAIN
from tests.tenant_agent.real_postfix import NODE


def filter_of(walls: Walls | None) -> str:
    lines = ways_out.main_cf(NODE, Layout(), PLAIN, walls, takes_mail=False)
    (line,) = [line for line in lines if line.startswith("smtp_dns_reply_filter = ")]
    return line.removeprefix("smtp_dns_reply_filter = ")


def test_no_mx_leads_inside() -> None:
    assert filter_of(None) == reply_filter(())


def test_what_the_operator_allows_is_reached_and_no_dollar_is_a_parameters_name() -> None:
    allowed = networks(["10.20.0.0/16", "10.30.0.7/32"])
    assert ipaddress.ip_network("10.30.0.7/32") in allowed
    assert filter_of(Walls(allowed)) == reply_filter(allowed).replace("$", "$$") != reply_filter(allowed)


def test_whoever_takes_a_mail_is_not_asked_to_keep_silent_about_it() -> None:
    lines = [*ways_out.master_cf(NODE, PLAIN), *relay_lines(Layout())]
    services = [line for line in lines if line.endswith(" smtp")]
    assert len(services) == 4  # two addresses, and relays with STARTTLS or TLS from the first byte
    assert lines.count("  -o { smtp_discard_ehlo_keywords = silent-discard, dsn }") == len(services)

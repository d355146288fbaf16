"""What other mail servers and mail programs are told, by the host that they ask."""

import plistlib
import secrets
from xml.etree import ElementTree as ET

import httpx
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, Tenant

POLICY = "/.well-known/mta-sts.txt"
CONFIG = "/mail/config-v1.1.xml"
ANSWER = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"


async def ask(client: httpx.AsyncClient, host: str, path: str) -> httpx.Response:
    return await client.get(path, headers={"Host": host})


def request(address: str) -> str:
    return (
        '<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/'
        f'requestschema/2006"><Request><EMailAddress>{address}</EMailAddress></Request></Autodiscover>'
    )


async def discover(client: httpx.AsyncClient, host: str, body: str | bytes) -> httpx.Response:
    return await client.post("/Autodiscover/Autodiscover.xml", content=body, headers={"Host": host})


# --- MTA-STS ----------------------------------------------------------------------------------------------------------


async def test_the_policy_is_what_its_owner_chose(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, domain_id: str
) -> None:
    change = {"mode": "enforce", "max_age_seconds": 86_400}
    await client.patch(f"/v1/domains/{domain_id}/mta-sts", headers=tenant.headers, json=change)
    answer = await ask(client, f"mta-sts.{domain}", POLICY)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "version: STSv1\r\nmode: enforce\r\nmx: mx.fleetpost.test\r\nmax_age: 86400\r\n"


async def test_hosts_are_understood_in_any_case_and_with_a_port(client: httpx.AsyncClient, domain: str) -> None:
    assert (await ask(client, f"MTA-STS.{domain.upper()}:443", POLICY)).status_code == 200


async def test_no_policy_is_given_under_other_names(client: httpx.AsyncClient, domain: str) -> None:
    for host in (
        domain,
        f"autoconfig.{domain}",
        f"x.mta-sts.{domain}",
        "fleetpost.test",
        "mta-sts.else.test",
        "",
        "[::1]",
    ):
        assert (await ask(client, host, POLICY)).status_code == 404, host


async def test_a_domain_that_was_only_claimed_has_no_policy(client: httpx.AsyncClient, tenant: Tenant) -> None:
    name = f"claimed-{secrets.token_hex(4)}.test"
    await client.post("/v1/domains", headers=tenant.headers, json={"name": name})
    assert (await ask(client, f"mta-sts.{name}", POLICY)).status_code == 404


@pytest.mark.parametrize(
    "host", ["mta-sts.a\x00b.test", "mta-sts." + "a." * 200 + "test", "mta-sts.ä.test", "mta-sts..test"]
)
async def test_odd_hosts_are_not_there_and_harm_nobody(client: httpx.AsyncClient, host: str) -> None:
    answer = await client.get(POLICY, headers=[(b"Host", host.encode())])
    assert answer.status_code in (400, 404)


# --- Thunderbird ------------------------------------------------------------------------------------------------------


async def test_thunderbird_finds_the_servers_under_autoconfig_and_the_domain_itself(
    client: httpx.AsyncClient, domain: str
) -> None:
    at_domain = await ask(client, domain, "/.well-known/autoconfig/mail/config-v1.1.xml")
    answer = await ask(client, f"autoconfig.{domain}", f"{CONFIG}?emailaddress=ann@{domain}")
    assert answer.content == at_domain.content
    assert answer.headers["content-type"].startswith("application/xml")
    provider = ET.fromstring(answer.content)[0]
    found = [
        (each.get("type"), each.findtext("hostname"), each.findtext("port"), each.findtext("socketType"))
        for each in provider
        if each.tag in ("incomingServer", "outgoingServer")
    ]
    assert found == [
        ("imap", "mx.fleetpost.test", "993", "SSL"),
        ("pop3", "mx.fleetpost.test", "995", "SSL"),
        ("smtp", "mx.fleetpost.test", "465", "SSL"),
        ("smtp", "mx.fleetpost.test", "587", "STARTTLS"),
    ]
    assert {each.findtext("username") for each in provider.iter("incomingServer")} == {"%EMAILADDRESS%"}


@pytest.mark.parametrize(("label", "is_named"), [("mail", True), ("*", False)])
async def test_a_domains_own_mail_host_is_named_once_it_leads_to_us_with_a_certificate_that_nodes_serve(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, domain_id: str, db: Database, label: str, is_named: bool
) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "update mail_domains set served = array['mail_host'] where id = $1", ids.decode("dom", domain_id)
            )
            await tx.connection.execute(
                """insert into certificates
                     (tenant_id, id, names, origin, places, status, chain, private_key, not_after, changed_at,
                      created_at)
                   values ($1, $2, $3, 'served', array['node'], 'issued', 'x', 'x', now() + '1 day', now(), now())""",
                tenant.id,
                ids.new_uuid(),
                [f"{label}.{domain}"],
            )
    answer = await ask(client, f"autoconfig.{domain}", CONFIG)
    assert (f"<hostname>mail.{domain}</hostname>" in answer.text) == is_named


# --- Outlook ----------------------------------------------------------------------------------------------------------


async def test_outlook_gets_its_settings_whether_there_is_such_a_mailbox_or_not(
    client: httpx.AsyncClient, domain: str
) -> None:
    answer = await discover(client, f"autodiscover.{domain}", request(f"nobody@{domain}"))
    assert answer.status_code == 200
    protocols = ET.fromstring(answer.content).findall(f".//{ANSWER}Protocol")
    found = [
        tuple(each.findtext(f"{ANSWER}{tag}") for tag in ("Type", "Port", "LoginName", "SSL")) for each in protocols
    ]
    assert found == [
        (kind, port, f"nobody@{domain}", "on") for kind, port in (("IMAP", "993"), ("POP3", "995"), ("SMTP", "465"))
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "600"),
        (b"not xml", "600"),
        (b"<a><b>", "600"),
        (b"\xff\xfe\x00\x00", "600"),
        (b'<?xml version="1.0" encoding="nonsense"?><EMailAddress>a@b.test</EMailAddress>', "600"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><EMailAddress>&e;</EMailAddress>', "600"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><EMailAddress>a@b.test</EMailAddress>', "600"),
        ('<!DOCTYPE a [<!ENTITY e "x">]><a/>'.encode("utf-16"), "600"),
        (b"<EMailAddress>" + b"<a>" * 4000 + b"</EMailAddress>", "600"),
        (b"<EMailAddress>ann@somebody-elses.test</EMailAddress>", "500"),
        (b"<EMailAddress>&lt;script&gt;@x</EMailAddress>", "500"),
    ],
)
async def test_hostile_requests_get_a_polite_refusal(
    client: httpx.AsyncClient, domain: str, body: bytes, code: str
) -> None:
    answer = await discover(client, f"autodiscover.{domain}", body)
    assert answer.status_code == 200
    assert f"<ErrorCode>{code}</ErrorCode>" in answer.text


async def test_requests_of_any_size_are_not_read(client: httpx.AsyncClient, domain: str) -> None:
    assert (await discover(client, f"autodiscover.{domain}", b"<a>" + b"x" * 17_000 + b"</a>")).status_code == 413


async def test_newer_outlooks_are_led_to_the_xml_and_told_of_no_other_protocol(
    client: httpx.AsyncClient, domain: str
) -> None:
    host, path = f"autodiscover.{domain}", "/autodiscover/autodiscover.json"
    led = await ask(client, host, f"{path}?Email=ann@{domain}&Protocol=AutodiscoverV1")
    assert led.json() == {"Protocol": "AutodiscoverV1", "Url": f"https://{host}/autodiscover/autodiscover.xml"}
    other = await ask(client, host, f"{path}?Protocol=ActiveSync")
    assert (other.status_code, other.json()["ErrorCode"]) == (400, "ProtocolNotSupported")


# --- Apple ------------------------------------------------------------------------------------------------------------


async def test_apples_mail_gets_a_profile_that_is_the_same_each_time(client: httpx.AsyncClient, domain: str) -> None:
    host = f"autoconfig.{domain}"
    first = await ask(client, host, f"/profile/ann@{domain}")
    assert first.headers["content-type"] == "application/x-apple-aspen-config"
    assert f'filename="{domain}.mobileconfig"' in first.headers["content-disposition"]
    (account,) = plistlib.loads(first.content)["PayloadContent"]
    assert (account["EmailAddress"], account["IncomingMailServerPortNumber"]) == (f"ann@{domain}", 993)
    assert not [
        name for name in account if name.endswith("Password") and name != "OutgoingPasswordSameAsIncomingPassword"
    ]
    assert (await ask(client, host, f"/profile?address=Ann@{domain}")).content == first.content
    assert (await ask(client, host, f"/profile/bob@{domain}")).content != first.content


async def test_there_are_no_profiles_for_other_addresses(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_domain: MakeDomain
) -> None:
    other = await make_domain(tenant, "other")
    for address in (f"ann@{other}", "ann", "", "a b@" + domain, "<x>@" + domain, "%00@" + domain):
        answer = await ask(client, f"autoconfig.{domain}", f"/profile?address={address}")
        assert answer.status_code == 404, address


async def test_our_own_host_has_none_of_this(client: httpx.AsyncClient, domain: str) -> None:
    paths = (POLICY, CONFIG, f"/profile/ann@{domain}", "/autodiscover/autodiscover.json?Protocol=AutodiscoverV1")
    for path in paths:
        assert (await ask(client, "fleetpost.test", path)).status_code == 404
    assert (await discover(client, "fleetpost.test", request(f"ann@{domain}"))).status_code == 404

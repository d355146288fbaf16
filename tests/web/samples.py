"""One example of each page, for the tests that look at all of them: whose page it is and what its address names."""

import json
import re
import secrets
from collections.abc import Iterator

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import NewNode
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.inbound_routes.mails import held_mail
from tests.isolation.fleet import make_moves, make_rollout, make_warmup
from tests.mailbox import link_to
from tests.own_authority import OwnAuthority
from tests.web.conftest import MakePerson, Person, SendMessage
from tests.web.listed_address import make_listed
from tests.web.measured import appeal, measure
from tests.web.sent_webhook import make_sent
from web.visitor import LIVE

NOT_PAGES = (
    "/static",
    "/v1",
    "/agent",
    "/schema",
    "/healthz",
    "/oauth",
    "/brand",
    "/inbound-files",
    "/.well-known",
    "/autodiscover",
    "/mail/",
    "/profile",
)
"""Where programs and files are."""

EXCEPT = {
    "/agency/brand/preview": "a part of the page of the brand",
    "/mail-set-up": "at customers’ names only, see test_mail_set_up.py",
    "/palette": "a part of each page",
    "/palette/results": "a part of the palette",
    "/palette/shortcuts": "a part of each page",
    "/templates/preview/{name}": "stands in the frame of a preview",
    "/templates/starters/{slug}": "stands in a frame of the list",
    "/settings/closing/export": "a file",
    "/domains/{domain_id}/zone-file": "a file",
    "/dns/{token}/zone-file": "a file",
    "/messages/{message_id}/raw": "a file",
    "/confirm-identity": "leads on while the last proof is fresh",
    "/sign-in/sso/callback": "answers who comes back from their organisation",
    "/sign-in/link": "leads to the form for signing in",
    "/sign-in/second": "leads on unless somebody is between two steps",
}
"""What answers GET and is no page, or none that can be opened by itself, with the reason."""

OPEN = ("/sign-in", "/sign-up", "/forgot-password", "/links", "/invitations", "/forwarding", "/docs", "/dns")
"""For people who are not signed in."""


class World(msgspec.Struct, frozen=True):
    """People at their browsers, and what the addresses of their pages name."""

    people: dict[str, Person]
    values: dict[str, dict[str, str]]
    """For each person, what stands for each parameter; or for a whole path, an address that a mail brings."""


class Sample(msgspec.Struct, frozen=True):
    """A page as one person opens it."""

    who: str
    path: str


class RegisteredPage(msgspec.Struct, frozen=True):
    """A page of the application, with the parameters of its path."""

    path: str

    @property
    def audience(self) -> str:
        """Say whose page it is."""
        if self.path.startswith(OPEN) and self.path != "/sign-in/second":
            return "nobody"
        return next((who for who in ("agency", "operator") if re.match(rf"/{who}(/|$)", self.path)), "client")

    @property
    def parameters(self) -> list[str]:
        """Name what stands in braces."""
        return re.findall(r"\{(\w+)", self.path)

    @property
    def is_known(self) -> bool:
        """Say whether there is a sample of it, or a reason for none."""
        return self.path in (*EXCEPT, *_MAILED) or all(name in _PARAMETERS for name in self.parameters)

    def samples(self, world: World) -> Iterator[Sample]:
        """Give the addresses at which it is looked at."""
        if self.path in EXCEPT:
            return
        known = world.values[self.audience]
        path = known.get(self.path) or re.sub(r"\{(\w+)[^}]*\}", lambda found: known[found[1]], self.path)
        yield Sample(self.audience, path)


_PARAMETERS = frozenset(
    {
        "publication_id",
        "plan_id",
        "key_id",
        "message_id",
        "act_id",
        "domain_id",
        "certificate_id",
        "mailbox_id",
        "client_id",
        "tenant_id",
        "template_id",
        "webhook_id",
        "sending_id",
        "route_id",
        "inbound_message_id",
        "suppression_id",
        "node_id",
        "ip_id",
        "pool_id",
        "warmup_id",
        "rollout_id",
        "batch_id",
        "relay_id",
        "resource",
    }
)
"""What `world` knows an example of."""

_MAILED = ("/links/{token}", "/invitations/{token}", "/dns/{token}", "/forwarding/{token}")
"""What is opened from a mail."""


def pages(app: Litestar) -> list[RegisteredPage]:
    """List the application's pages."""
    found = {}
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or route.path.startswith(NOT_PAGES):
            continue
        handlers = [handler for handler in route.route_handlers if "GET" in handler.http_methods]
        if handlers and not LIVE.items() <= handlers[0].opt.items():
            found[route.path] = RegisteredPage(route.path_format)
    return sorted(found.values(), key=lambda page: page.path)


async def make_world(
    db: Database, make_tenant: MakeTenant, make_domain: MakeDomain, make_person: MakePerson, send_message: SendMessage
) -> World:
    """Make people of each kind and something on each of their pages; the platform must be able to write mails."""
    client, agency, operator = await make_tenant(), await make_tenant("agency"), await make_tenant("operator")
    people = {"client": await make_person(client), "agency": await make_person(agency)}
    people |= {"operator": await make_person(operator), "nobody": await make_person(client)}
    for who, person in people.items():
        if who != "nobody":
            assert (await person.sign_in()).status_code == 303
    own = await _things(db, people["client"], client, await make_domain(client, "acme"), send_message)
    values = {
        "client": own,
        "agency": {
            "plan_id": await _plan(people["agency"], "agency"),
            "client_id": await _client(people["agency"]),
            "suppression_id": await _suppression(people["agency"], "/agency/suppressions"),
        },
        "operator": {
            "plan_id": await _plan(people["operator"], "operator"),
            "relay_id": await _relay(people["operator"], "/operator/relays"),
            "tenant_id": await _measured(db, client, agency),
            "node_id": await make_node(db),
            "warmup_id": await make_warmup(db),
            "rollout_id": await make_rollout(db),
            "batch_id": (await make_moves(db, client.id, "acme.test"))[0],
            "ip_id": await make_listed(db, await make_warmup(db)),
            "pool_id": await _pool(people["operator"]),
            "suppression_id": await _suppression(people["operator"], "/operator/suppressions"),
        },
        "nobody": {"resource": "messages", **await _mailed(db, people["nobody"], people["client"])},
    }
    return World(people, values)


async def _measured(db: Database, client: Tenant, agency: Tenant) -> str:
    """Have measures on the mail of two tenants, one of whom appeals; gives the other's id."""
    await measure(db, client, "warned")
    await appeal(db, client)
    await measure(db, agency, "paused")
    return ids.encode("ten", agency.id)


async def _things(
    db: Database, person: Person, tenant: Tenant, domain: str, send_message: SendMessage
) -> dict[str, str]:
    added = (await person.submit("/domains", page="/domains", name="example.org")).headers["location"]
    domain_id = added.partition("?")[0].rpartition("/")[2]
    return {
        "publication_id": await make_publication(db, tenant, domain_id),
        "message_id": await send_message(tenant, domain),
        "act_id": await _act(person),
        "certificate_id": await _certificate(person, domain),
        "mailbox_id": await make_mailbox(db, tenant, domain),
        "template_id": await _template(person),
        "webhook_id": await _webhook(person),
        "sending_id": await make_sent(db, tenant),
        "route_id": (came := await held_mail(db, tenant.id, domain)).route_id,
        "inbound_message_id": came.message_id,
        "suppression_id": await _suppression(person, "/suppressions"),
        "key_id": await _key(person),
        "relay_id": await _relay(person, "/settings/relays"),
        "domain_id": domain_id,
    }


async def _act(person: Person) -> str:
    """Release what is held, and give what shows how far that is."""
    answer = await person.submit("/messages/held/release", page="/messages?status=held")
    return answer.headers["location"].rpartition("/")[2]


async def make_mailbox(db: Database, tenant: Tenant, domain: str) -> str:
    """Store a mailbox of a domain whose web names point to us."""
    mailbox_id = ids.new_uuid()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set served = array['autoconfig'] where name = $1", domain)
            await tx.connection.execute(
                """insert into mailboxes (tenant_id, id, domain_id, node_id, address, password_hash, quota_bytes)
                   select $1, $2, id, $4, 'ann@' || name, 'x', 0 from mail_domains where name = $3""",
                tenant.id,
                mailbox_id,
                domain,
                ids.decode("nod", await make_node(db)),
            )
    return ids.encode("mbx", mailbox_id)


async def _mailed(db: Database, reader: Person, host: Person) -> dict[str, str]:
    """Have two mails written, and give the addresses in them."""
    await reader.submit("/sign-in/link", page="/sign-in", email=reader.email)
    invited = f"zoe-{secrets.token_hex(4)}@else.test"
    await host.submit("/settings/members/invite", page="/settings/members", email=invited, role="support")
    return {
        "/links/{token}": await link_to(db, reader.email),
        "/invitations/{token}": await link_to(db, invited),
        "/dns/{token}": await _shared(host),
        "/forwarding/{token}": await link_to(db, await _to_be_asked(host)),
    }


async def _to_be_asked(host: Person) -> str:
    """Have mail forwarded to somebody, and give their address."""
    to = f"ann-{secrets.token_hex(4)}@else.test"
    match = {"kind": "header", "header": "Subject", "pattern": "*bill*"}
    made = await host.submit("/inbound", page="/inbound", name="Bills", action="forward", to=to, **match)
    assert made.status_code == 303, made.text
    return to


async def _shared(person: Person) -> str:
    """Share a domain's records, and give the address that shows them."""
    page = (await person.submit("/domains", page="/domains", name=f"{secrets.token_hex(4)}.example.net")).headers[
        "location"
    ]
    domain_path = page.partition("?")[0]
    answer = await person.submit(f"{domain_path}/share", page=f"{domain_path}/publish", email="")
    found = re.search(r"/dns/fpd_\w+", answer.text)
    assert found, answer.text
    return found[0]


async def make_publication(db: Database, tenant: Tenant, domain_id: str) -> str:
    """Store a publication that has something of each kind to show."""
    publication_id, connection_id = ids.new_uuid(), ids.new_uuid()
    step = {"type": "MX", "name": "example.org", "purposes": ["receiving"], "action": "conflict"}
    more = {"before": ["10 mx.else.test"], "after": ["10 mx.fleetpost.test"], "replaceable": True, "problem": "Odd."}
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into dns_connections (tenant_id, id, kind, name, credentials, created_at)
                   values ($1, $2, 'cloudflare', 'Main', 'x', now())""",
                tenant.id,
                connection_id,
            )
            await tx.connection.execute(
                """insert into dns_publications
                     (tenant_id, id, domain_id, connection_id, status, dry_run, zone, steps, created_at)
                   values ($1, $2, $3, $4, 'compared', true, 'example.org', $5::jsonb, now())""",
                tenant.id,
                publication_id,
                ids.decode("dom", domain_id),
                connection_id,
                json.dumps([step | more, step | {"type": "TXT", "purposes": ["spf"], "action": "change"}]),
            )
    return ids.encode("pub", publication_id)


async def _client(person: Person) -> str:
    new = "/agency/clients/new"
    answer = await person.submit(new, page=new, name="Bakery", kind="client")
    found = re.search(r"/agency/clients/(ten_\w+)", answer.headers.get("location", ""))
    assert found, answer.text
    return found[1]


async def make_node(db: Database) -> str:
    label, host = f"n-{secrets.token_hex(4)}", f"10.98.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    new = NewNode(name=label, hostname=f"{label}.fleet.test", service_address=host, roles=("outbound",))
    async with db.fleet_tx() as tx:
        return (await nodes.register_node(tx, new)).id


async def _certificate(person: Person, domain: str) -> str:
    body = OwnAuthority().body(f"mail.{domain}")
    answer = await person.submit("/certificates/upload", page="/certificates", **body)
    found = re.search(r"/certificates/(crt_\w+)", answer.headers.get("location", ""))
    assert found, answer.text
    return found[1]


async def _webhook(person: Person) -> str:
    answer = await person.submit("/webhooks", page="/webhooks", url="http://127.0.0.1:9/hook")
    found = re.search(r"/webhooks/(whk_\w+)", answer.text)
    assert found, answer.text
    return found[1]


async def _suppression(person: Person, path: str) -> str:
    """Suppress an address, let mail go there again, and suppress it once more: then its page shows all there is."""
    given = {"email": "bob@else.test", "reason": "hard_bounce", "note": "550 5.1.1 No such user"}
    first = (await person.submit(path, page=path, **given)).headers["location"].partition("?")[0]
    await person.submit(f"{first}/reactivate", page=first, because="They wrote that it is back")
    answer = await person.submit(path, page=path, **given)
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def _template(person: Person) -> str:
    answer = await person.submit("/templates/new?begin=receipt", page="/templates")
    found = re.search(r"/templates/(tpl_\w+)", answer.headers.get("location", ""))
    assert found, answer.text
    await person.submit(f"/templates/{found[1]}/restore?version=1", page="/templates")
    return found[1]


async def _relay(person: Person, path: str) -> str:
    given = {"kind": "sendgrid", "name": "Other way", "username": "apikey", "password": "SG.x"}
    answer = await person.submit(f"{path}/new", page=f"{path}/new?kind=sendgrid", **given)
    found = re.search(rf"{path}/(rly_\w+)", answer.text)
    assert found, answer.text
    return found[1]


async def _key(person: Person) -> str:
    new = "/settings/api-keys/new"
    answer = await person.submit(new, page=new, name="Online shop", preset="send", days="90")
    found = re.search(r"/settings/api-keys/(key_\w+)", answer.text)
    assert found, answer.text
    return found[1]


async def _pool(person: Person) -> str:
    answer = await person.submit("/operator/pools", page="/operator/pools", name="Newsletters", stream="broadcast")
    found = re.search(r"/operator/pools/(pool_\w+)", answer.headers.get("location", ""))
    assert found, answer.text
    return found[1]


async def _plan(person: Person, console: str) -> str:
    await person.submit(f"/{console}/plans/new", page=f"/{console}/plans/new", name="Small", domains="3", price="9.90")
    found = re.search(r"/plans/(pln_\w+)", await person.see(f"/{console}/plans"))
    assert found
    return found[1]

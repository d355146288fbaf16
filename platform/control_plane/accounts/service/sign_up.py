"""Make an account of one's own: an address first, then a mailed link, then a name."""

from typing import Literal

import msgspec

from control_plane.accounts import throttle
from control_plane.accounts.emails import address_of
from control_plane.accounts.errors import SignUpClosed
from control_plane.accounts.people import Newcomer
from control_plane.accounts.queries import links as link_queries
from control_plane.accounts.queries import places, users
from control_plane.accounts.schemas import Person
from control_plane.accounts.service import links
from control_plane.accounts.service.newcomers import Checked, arrive, checked
from control_plane.audit import service as audit
from control_plane.core.actor import Actor, acting_as
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, Unavailable
from control_plane.core.ids import TenantId, encode, new_uuid
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.core.valkey import Client
from control_plane.notices.schemas import AlreadyHere, SignUpLink
from control_plane.settings import Settings
from control_plane.tenants import service as tenants

_NAME_MAX = 200


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to begin with."""

    account: str
    """Its name."""
    kind: Literal["client", "agency"]
    person: Newcomer


async def ask(
    db: Database, valkey: Client, clock: Clock, settings: Settings, email: str, origin: str, language: str
) -> None:
    """Mail a link to begin with; who has an account already gets one that signs in.

    Raises `SignUpClosed`, `Invalid`, `TooManyLinks`, `SignInAway`; none of them tells who is known.
    """
    _require_open(settings)
    address = address_of(email)
    if not await throttle.may_mail_link(valkey, address, origin):
        return
    async with db.fleet_tx() as tx:
        user = await users.user_by_email(tx, address)
        belongs = await places.tenants_of(tx, user["id"] if user is not None else new_uuid())  # as long for both
        if user is not None and belongs:
            await links.mail(tx, clock, address, "sign_in", AlreadyHere, user["locale"] or language)
        else:
            await links.mail(tx, clock, address, "sign_up", SignUpLink, language)


async def complete(
    db: Database, clock: Clock, settings: Settings, token: str, new: NewAccount, address: str = ""
) -> Person:
    """Make the account that a link was mailed for, with its holder as owner; `address` is the IP address.

    Raises `SignUpClosed`, `LinkSpent`, `Invalid`.
    """
    _require_open(settings)
    link = await links.open_link(db, clock, token)
    account = _checked_account(new.account)
    async with db.fleet_tx() as tx:
        known = await users.user_by_email(tx, link.email) is not None
    newcomer = None if known else await checked(new.person, link.email)
    async with db.fleet_tx() as tx:
        email = await links.use(tx, clock, token, "sign_up")
        await link_queries.delete_all_of(tx, email)  # who asked several times begins once
        asked = tenants.NewTenant(kind=new.kind, name=account, slug="", starting_day=settings.starting_day or None)
        return await _make(tx, clock, email, asked, newcomer, address)


async def _make(
    tx: Transaction, clock: Clock, email: str, asked: tenants.NewTenant, newcomer: Checked | None, address: str
) -> Person:
    person = await arrive(tx, clock, email, newcomer)
    operator_id = await places.root(tx)
    if operator_id is None:
        raise Unavailable("Nobody runs this installation yet: its operator begins with `fleetpost bootstrap`.")
    slug = await tenants.free_slug(tx, asked.name)
    tenant_id = await tenants.create(tx, msgspec.structs.replace(asked, slug=slug, parent_id=operator_id))
    await places.insert_membership(tx, tenant_id, person.id, "owner")
    _record(tx, tenant_id, person, {"name": asked.name, "kind": asked.kind}, address)
    return person


def _record(tx: Transaction, tenant_id: TenantId, person: Person, told: dict[str, str], address: str) -> None:
    actor = Actor(kind="user", id=encode("usr", person.id), name=person.email, tenant_id=tenant_id, address=address)
    with acting_as(actor):
        audit.record(tx, "account.sign_up", encode("ten", tenant_id), after=told, tenant_id=tenant_id)


def _require_open(settings: Settings) -> None:
    if settings.sign_up == "closed":
        raise SignUpClosed


def _checked_account(text: str) -> str:
    name = text.strip()
    if not name:
        raise Invalid(errors=(FieldError("account", "Give the account a name: your company's, or your own."),))
    if len(name) > _NAME_MAX:
        raise Invalid(errors=(FieldError("account", f"Use at most {_NAME_MAX} characters."),))
    if not is_one_line(name):
        raise Invalid(errors=(FieldError("account", NOT_ONE_LINE),))
    return name

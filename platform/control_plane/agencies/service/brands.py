"""An agency's brand: edited by the agency, worn by its pages, its clients' pages and the platform's mails to them."""

import secrets
from uuid import UUID

import asyncpg
import msgspec

from control_plane.agencies import colours, logos
from control_plane.agencies.queries import brands as queries
from control_plane.agencies.queries.brands import BrandRow
from control_plane.agencies.schemas import Brand, BrandChange, HostProof, Logo, WornBrand
from control_plane.audit import service as audit
from control_plane.core import etag, ids
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.mail_domains import names
from control_plane.settings import Settings

PREFIX = "brd"
_TOKEN_BYTES = 20
_PROOF_LABEL, _PROOF_WORD = "_fleetpost-host", "fleetpost-host="
_UNSET = msgspec.UNSET


async def get(db: Database, settings: Settings) -> Brand:
    """Give the bound tenant's own brand; raises `NotFound` while it has none."""
    async with db.tenant_tx() as tx:
        return view(await _found(tx), settings)


async def find(db: Database, settings: Settings) -> Brand | None:
    """Give the bound tenant's own brand, if it has one."""
    try:
        return await get(db, settings)
    except NotFound:
        return None


async def change(db: Database, settings: Settings, wanted: BrandChange, if_match: str | None = None) -> Brand:
    """Change the bound tenant's brand, which begins with its name; raises `Invalid`, `PreconditionFailed`.

    Raises `NotFound` for a client: it wears the brand of its agency.
    """
    async with db.tenant_tx() as tx:
        await queries.ensure(tx.connection, ids.new_uuid(), secrets.token_hex(_TOKEN_BYTES))
        row = await _found(tx, lock=True)
        before = view(row, settings)
        etag.check(if_match, before)
        changed = _changed(row, wanted, settings)
        await queries.save(tx.connection, changed)
        after = view(changed, settings)
        audit.record(tx, "brand.change", after.id, before=_told(before), after=_told(after))
    return after


async def set_logo(db: Database, settings: Settings, content: bytes | None) -> Brand:
    """Take a picture as logo, or none; raises `Invalid` at `logo`."""
    logo = logos.read(content) if content is not None else None
    async with db.tenant_tx() as tx:
        await queries.ensure(tx.connection, ids.new_uuid(), secrets.token_hex(_TOKEN_BYTES))
        before = await _found(tx, lock=True)
        await queries.save_logo(tx.connection, logo)
        after = await _found(tx)
        change = {"logo": before.logo_hash}, {"logo": after.logo_hash}
        audit.record(tx, "brand.change", ids.encode(PREFIX, after.id), before=change[0], after=change[1])
    return view(after, settings)


async def reset(db: Database) -> None:
    """Take the brand away: pages and mails are ours again."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, lock=True)
        if row is not None:
            await queries.remove(tx.connection)
            audit.record(tx, "brand.reset", ids.encode(PREFIX, row.id), before={"name": row.name})


async def brand_of(db: Database, tenant_id: UUID) -> WornBrand | None:
    """Give the brand that a tenant's pages and mails wear, None for ours; the bound tenant's own, or by the fleet."""
    async with db.fleet_tx() as tx:
        return _worn(await queries.worn_by(tx.connection, tenant_id))


async def worn_brand(tx: Transaction, tenant_id: UUID) -> WornBrand | None:
    """Give the same inside a transaction, of the tenant itself or of the fleet."""
    return _worn(await queries.worn_by(tx.connection, tenant_id))


async def brand_for_host(db: Database, host: str) -> WornBrand | None:
    """Give the brand whose proven host name this is, without its port."""
    async with db.public_tx() as tx:
        return _worn(await queries.at_host(tx.connection, host))


async def style_sheet(db: Database, brand_id: UUID) -> str:
    """Give a brand's colours as a style sheet; raises `NotFound`."""
    row = await _assets(db, brand_id)
    return colours.style_sheet(row["accent"], row["accent_dark"]) if row["accent"] else ""


async def logo(db: Database, brand_id: UUID) -> Logo:
    """Give a brand's picture; raises `NotFound`."""
    row = await _assets(db, brand_id)
    if row["logo"] is None:
        raise NotFound
    return Logo(row["logo"], row["logo_type"], row["logo_hash"])


def view(row: BrandRow, settings: Settings) -> Brand:
    """Show a brand to its agency."""
    public_id = ids.encode(PREFIX, row.id)
    proof = HostProof(
        txt_host=proof_host(row.host), txt_value=proof_value(row.host_token), cname_target=own_host(settings)
    )
    return Brand(
        id=public_id,
        name=row.name,
        accent=row.accent,
        accent_dark=row.accent_dark,
        support=row.support,
        logo_url=_logo_path(public_id, row.logo_hash),
        host=row.host,
        host_proven_at=row.host_proven_at,
        host_checked_at=row.host_checked_at,
        host_proof=proof if row.host else None,
    )


def proof_host(host: str) -> str:
    """Name where the proof of a host stands."""
    return f"{_PROOF_LABEL}.{host}"


def proof_value(token: str) -> str:
    """Write the proof."""
    return _PROOF_WORD + token


def own_host(settings: Settings) -> str:
    """Give our own host name, without a port."""
    return settings.public_url.partition("://")[2].partition("/")[0].partition(":")[0].lower()


async def _found(tx: Transaction, *, lock: bool = False) -> BrandRow:
    row = await queries.find(tx.connection, lock=lock)
    if row is None:
        raise NotFound
    return row


async def _assets(db: Database, brand_id: UUID) -> asyncpg.Record:
    async with db.public_tx() as tx:
        row = await queries.assets(tx.connection, brand_id)
    if row is None:
        raise NotFound
    return row


def _changed(row: BrandRow, wanted: BrandChange, settings: Settings) -> BrandRow:
    """Put what is wanted in its place; raises `Invalid` with every fault."""
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not _UNSET}
    given = {name: str(value).strip() for name, value in given.items()}
    given |= {name: given[name].lower() for name in ("accent", "accent_dark", "host") if name in given}
    changed = msgspec.structs.replace(row, **{name: value for name, value in given.items() if name != "host"})
    errors = [*_text_faults(changed), *_colour_faults(changed)]
    if "host" in given:
        try:
            changed = _with_host(changed, given["host"], settings)
        except names.NotADomain as error:
            errors.append(FieldError("host", str(error)))
    if errors:
        raise Invalid(errors=tuple(errors))
    return changed


def _text_faults(row: BrandRow) -> list[FieldError]:
    faults = []
    if not row.name.isprintable() or not row.name:
        faults.append(FieldError("name", "Use the name that your clients know you by, on one line."))
    local, at, domain = row.support.rpartition("@")
    if row.support and not (local and at and "." in domain and row.support.isprintable() and " " not in row.support):
        faults.append(FieldError("support", "This is not an e-mail address."))
    return faults


def _colour_faults(row: BrandRow) -> list[FieldError]:
    faults = []
    for field, colour, behind, page in (
        ("accent", row.accent, colours.PAPER, "light"),
        ("accent_dark", row.accent_dark, colours.NIGHT, "dark"),
    ):
        if colour and not colours.is_colour(colour):
            faults.append(FieldError(field, "Write a colour as #rrggbb, such as #1d4fd0."))
        elif colour and not colours.readable(colour, behind):
            shade, has = colours.nearest_readable(colour, behind), colours.contrast(colour, behind)
            faults.append(
                FieldError(
                    field,
                    f"{colour} cannot be read well on {page} pages: its contrast is {has:.1f} : 1, and 4.5 : 1 is"
                    f" needed. {shade} is the nearest that can.",
                )
            )
    return faults


def _with_host(row: BrandRow, host: str, settings: Settings) -> BrandRow:
    name = names.normalise(host) if host else ""
    if name == row.host:
        return row
    if name and (name == own_host(settings) or name.endswith("." + own_host(settings))):
        raise names.NotADomain("This host name is ours: use one under a domain of your own.")
    return msgspec.structs.replace(row, host=name, host_proven_at=None, host_checked_at=None)


def _worn(row: asyncpg.Record | None) -> WornBrand | None:
    if row is None:
        return None
    public_id = ids.encode(PREFIX, row["id"])
    version = row["accent"][1:] + row["accent_dark"][1:]
    return WornBrand(
        tenant_id=row["tenant_id"],
        id=public_id,
        name=row["name"],
        support=row["support"],
        host=row["host"] or "",
        css_path=f"/brand/{public_id}.css?v={version}" if row["accent"] else "",
        logo_path=_logo_path(public_id, row["logo_hash"]),
    )


def _logo_path(public_id: str, digest: str) -> str:
    return f"/brand/{public_id}/logo?v={digest}" if digest else ""


def _told(brand: Brand) -> dict[str, object]:
    return {name: getattr(brand, name) for name in ("name", "accent", "accent_dark", "support", "host")}

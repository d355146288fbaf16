"""What a person says of themselves: name and language."""

from control_plane.accounts.queries import users
from control_plane.accounts.schemas import Person
from control_plane.accounts.service.newcomers import checked_name
from control_plane.accounts.service.personal import note, personal_tx
from control_plane.core.database import Database


async def change_profile(db: Database, person: Person, name: str, locale: str | None) -> None:
    """Change a person's name and language; no language: what their browser asks for. Raises `Invalid` at `name`."""
    chosen = checked_name(name)
    async with personal_tx(db, person.id) as tx:
        await users.save_profile(tx, person.id, chosen, locale)
        note(tx, "change_profile", person.id, before={"name": person.name}, after={"name": chosen})

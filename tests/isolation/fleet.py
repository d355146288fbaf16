"""Things of the fleet that no operation makes, or not with an id of their own."""

from control_plane.core.database import Database
from control_plane.shaping import service as shaping
from control_plane.shaping.schemas import NewShapingRules, ShapingChanges
from tests.isolation.places import Place


async def shaping_version(db: Database, _: Place) -> str:
    """Save the shaping rules once; gives the version's id."""
    async with db.fleet_tx() as tx:
        await shaping.save(tx, NewShapingRules(changes=ShapingChanges(), reason="Nothing to change"))
        return (await shaping.list_versions(tx, None, 1)).data[0].id

"""What stands around a page and takes a look elsewhere: the brand it wears and the banners above it."""

import msgspec

from web.shell import Banner
from web.visitor import Visitor


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out for one page."""

    banners: tuple[Banner, ...] = ()


async def around(_: Visitor) -> Surroundings:
    """Find out what a signed-in person's page needs."""
    return Surroundings()

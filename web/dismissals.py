"""What somebody has put away in their browser, for each tenant; a cookie remembers it, a false one does no harm."""

from uuid import UUID

from litestar.datastructures import Cookie

from web import cookies
from web.cookies import PageRequest

_PREFIX = "fp_put_away_"
_YEAR_SECONDS = 365 * 24 * 3600
_MOST_TENANTS = 20
_DIGITS = 12


def is_dismissed(request: PageRequest, what: str, tenant_id: UUID) -> bool:
    """Say whether it was put away."""
    return _short(tenant_id) in _kept(request, what)


def cookie(request: PageRequest, what: str, tenant_id: UUID) -> Cookie:
    """Make the cookie that puts it away, as for the tenants before."""
    kept = [_short(tenant_id), *(each for each in _kept(request, what) if each != _short(tenant_id))]
    return Cookie(
        key=_PREFIX + what,
        value=".".join(kept[:_MOST_TENANTS]),
        path="/",
        max_age=_YEAR_SECONDS,
        secure=cookies.is_secure(request),
        httponly=True,
        samesite="lax",
    )


def _kept(request: PageRequest, what: str) -> list[str]:
    return request.cookies.get(_PREFIX + what, "").split(".")


def _short(tenant_id: UUID) -> str:
    return tenant_id.hex[-_DIGITS:]

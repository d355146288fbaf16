"""Hands out what lies in `static`: built files as they were compressed when they were built, the rest as it is."""

from functools import lru_cache
from pathlib import Path

from litestar import Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from control_plane.core.errors import NotFound
from control_plane.core.problem import Problem
from web import errors
from web.assets import STATIC
from web.cookies import PageRequest
from web.rendering import Answer

BUILT = STATIC / "build"
_YEAR_SECONDS = 365 * 24 * 3600
_DAY_SECONDS = 24 * 3600
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_CODINGS = {"br": ".br", "gzip": ".gz"}
"""The best first."""


def coding(accepted: str) -> str:
    """Choose from `Accept-Encoding`; nothing: as it is."""
    wanted = {part.partition(";")[0].strip(): part.partition(";")[2].replace(" ", "") for part in accepted.split(",")}
    refused = {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((name for name in _CODINGS if name in wanted and wanted[name] not in refused), "")


@get("/{name:str}")
async def built_file(request: PageRequest, name: FromPath[str]) -> Response[bytes]:
    """Give a built file; its name changes with its contents, so that browsers keep it for ever."""
    kind, chosen = _TYPES.get(Path(name).suffix), coding(request.headers.get("accept-encoding", ""))
    content = _read(name, _CODINGS.get(chosen, "")) if kind else None
    if content is None:
        raise NotFound
    headers = {"vary": "Accept-Encoding", "x-content-type-options": "nosniff"}
    if chosen:
        headers["content-encoding"] = chosen
    return Response(content, media_type=kind, headers=headers)


@lru_cache(maxsize=64)
def _read(name: str, ending: str) -> bytes | None:
    if not name.isprintable() or "/" in name:
        return None
    file = BUILT / f"{name}{ending}"
    return file.read_bytes() if file.is_file() else None


def _no_file_name(request: PageRequest, _: ValueError) -> Answer | Response[Problem]:
    return errors.render_either(request, NotFound())  # a NUL: no file system has such a name


def routers() -> list[Router]:
    """Make the routes of all files."""
    others = create_static_files_router(
        "/static",
        [STATIC],
        name="static",
        cache_control=CacheControlHeader(public=True, max_age=_DAY_SECONDS),
        include_in_schema=False,
        resolve_symlinks=False,
        exception_handlers={ValueError: _no_file_name},
    )
    kept = CacheControlHeader(public=True, max_age=_YEAR_SECONDS, immutable=True)
    built = Router("/static/build", route_handlers=[built_file], cache_control=kept, include_in_schema=False)
    return [built, others]

"""The operator begins a roll-out: what, which node tries it first, in which waves, watched for how long."""

from typing import cast

import msgspec
from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.database import Transaction
from control_plane.core.errors import FleetpostError, NotFound, Refused
from control_plane.nodes import service as nodes
from control_plane.rollouts import service
from control_plane.rollouts.schemas import Kind, RolloutChange
from control_plane.shaping import service as shaping
from web import inject as page
from web import rollout_form, rollouts
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.rendering import Answer
from web.rollout_form import Form
from web.visitor import may

_SECTION, _PATH = "rollouts", "/operator/rollouts"
_WRITE = [may("fleet:write")]
_MOST = 200


@get(f"{_PATH}/new", guards=_WRITE)
async def ask_rollout(
    frame: page.Frame,
    db: inject.Database,
    settings: inject.Settings,
    kind: FromQuery[str] = "daemons",
    undo: FromQuery[str] = "",
    version: FromQuery[str] = "",
) -> Answer:
    """Show the form: with what is in force, with what a roll-out had replaced, or with a saved shaping version."""
    async with db.fleet_tx() as tx:
        chosen, change = await _prefilled(tx, kind, undo)
        form = rollout_form.empty(chosen, change)
        if version.isdigit():
            form["shaping_version"] = version
        return await _form(tx, frame, form, settings.probe_address)


@post(f"{_PATH}/new", guards=_WRITE)
async def begin_rollout(
    frame: page.Frame,
    db: inject.Database,
    clock: inject.Clock,
    settings: inject.Settings,
    data: URLEncodedBody[dict[str, str]],
) -> Answer | Redirect:
    """Begin it, or show the form again with what is wrong."""
    try:
        new = rollout_form.asked(data)
        async with db.fleet_tx() as tx:
            made = await service.start(tx, clock, new, probe_address=settings.probe_address)
    except (Refused, msgspec.ValidationError) as error:
        refused = error if isinstance(error, Refused) else Refused(gettext("Something typed here is not a number."))
        kind = data.get("kind", "")
        form = rollout_form.empty(_kind(kind), RolloutChange()) | data
        async with db.fleet_tx() as tx:
            return await _form(tx, frame, form, settings.probe_address, refused)
    return Redirect(f"{_PATH}/{made.id}?done=created", status_code=303)


async def _prefilled(tx: Transaction, kind: str, undo: str) -> tuple[Kind, RolloutChange]:
    if not undo:
        return _kind(kind), await service.former(tx, _kind(kind))
    try:
        undone = await service.get(tx, ids.decode(service.PREFIX, undo))
    except ids.MalformedId as error:
        raise NotFound from error
    return undone.kind, undone.former


async def _form(
    tx: Transaction, frame: Frame, form: Form, probe_address: str, refused: FleetpostError | None = None
) -> Answer:
    errors, problem = faults(refused, _fields(form)) if refused else ({}, "")
    saved = await shaping.list_versions(tx, None, _MOST)
    listed = await nodes.list_nodes(tx, None, _MOST, retired=False)
    context = {
        "form": form,
        "kinds": rollouts.KINDS,
        "sections": rollout_form.sections(form),
        "versions": rollout_form.versions(saved.data),
        "nodes": [(node.name, f"{node.name} ({node.region})") for node in listed.data if node.status == "ready"],
        "probe_address": probe_address,
        "errors": errors,
        "problem": problem,
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/operator_rollout_new.html", _SECTION, context, status_code=status)


def _fields(form: Form) -> dict[str, str]:
    """Name the form's fields by the paths that the API would name; longer paths first."""
    parameters = {f"daemons.{field.replace(':', '.', 1)}": field for field in form if ":" in field}
    return dict(sorted(parameters.items(), reverse=True)) | rollout_form.ERRORS


def _kind(kind: str) -> Kind:
    return cast("Kind", kind) if kind in rollouts.KINDS else "daemons"


HANDLERS = (ask_rollout, begin_rollout)

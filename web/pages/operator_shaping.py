"""The operator's shaping rules: what is in force, what was changed and why, and a change tried on yesterday's mail."""

import msgspec
from litestar import get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.body import UNREADABLE, refusal
from control_plane.core.errors import FleetpostError, Refused
from control_plane.shaping import service
from control_plane.shaping.schemas import NewShapingRules, ShapingChanges, WhatIf, WhatIfResult
from web import inject as page
from web import shaping_views
from web.frame import Frame
from web.i18n import gettext
from web.rendering import Answer
from web.visitor import may

_SECTION, _PATH = "shaping", "/operator/shaping"
_ROLL_OUT = "/operator/rollouts/new?kind=shaping"
_READ, _WRITE = [may("fleet:read")], [may("fleet:write")]
_MOST_VERSIONS, _MOST_REASON = 10, 500


class ShapingForm(msgspec.Struct, frozen=True, kw_only=True):
    """Changes as they were typed, and why."""

    changes: str = ""
    reason: str = ""
    at_once: str = ""
    """The button that puts it in force on all nodes; the other one only saves, to be rolled out."""

    def read(self) -> ShapingChanges:
        """Read what was typed; raises `Invalid`, `Malformed`."""
        raw = (self.changes.strip() or "{}").encode()
        try:
            return msgspec.json.decode(raw, type=ShapingChanges)
        except UNREADABLE as error:
            raise refusal(raw, ShapingChanges) from error

    def body(self) -> NewShapingRules:
        """Make what is to be saved; raises as `read` does, and without a reason."""
        reason = self.reason.strip()
        if not 0 < len(reason) <= _MOST_REASON:
            raise Refused(gettext("Say why, for those who ask later."))
        return NewShapingRules(changes=self.read(), reason=reason, at_once=bool(self.at_once))


@get(_PATH, guards=_READ)
async def show_shaping(frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show classes, rules and what was changed."""
    async with db.fleet_tx() as tx:
        found, versions = await service.in_force(tx), await service.list_versions(tx, None, _MOST_VERSIONS)
    context = {
        "found": found,
        "own_classes": {each.name for each in found.changes.classes},
        "rules": [shaping_views.rule_line(rule, found.changes) for rule in found.rules],
        "versions": versions.data,
        "may_write": visitor.may("fleet:write"),
    }
    return frame.page("pages/operator_shaping.html", _SECTION, context)


@get(f"{_PATH}/change", guards=_READ)
async def edit_shaping(frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show what is changed, to be changed again."""
    async with db.fleet_tx() as tx:
        found = await service.in_force(tx)
    return _form(frame, ShapingForm(changes=shaping_views.as_text(found.changes)), may_write=visitor.may("fleet:write"))


@post(f"{_PATH}/change", guards=_WRITE)
async def save_shaping(frame: page.Frame, db: inject.Database, data: URLEncodedBody[ShapingForm]) -> Answer | Redirect:
    """Save changes, to be rolled out or in force at once, or show the form again with what is wrong."""
    try:
        new = data.body()
        async with db.fleet_tx() as tx:
            saved = await service.save(tx, new)
    except Refused as refused:
        return _form(frame, data, refused=refused)
    onward = f"{_PATH}?done=saved" if new.at_once else f"{_ROLL_OUT}&version={saved.version}"
    return Redirect(onward, status_code=303)


@post(f"{_PATH}/try", guards=_READ)
async def try_shaping(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    data: URLEncodedBody[ShapingForm],
) -> Answer:
    """Replay yesterday's attempts against what was typed."""
    may_write = visitor.may("fleet:write")
    try:
        result = await service.what_if(db, clock, WhatIf(changes=data.read()))
    except Refused as refused:
        return _form(frame, data, refused=refused, may_write=may_write)
    return _form(frame, data, result=result, may_write=may_write)


def _form(
    frame: Frame,
    form: ShapingForm,
    *,
    refused: FleetpostError | None = None,
    result: WhatIfResult | None = None,
    may_write: bool = True,
) -> Answer:
    context = {
        "form": form,
        "problems": _problems(refused),
        "result": result,
        "effects": shaping_views.effects(result) if result else [],
        "chart": shaping_views.chart(result) if result else None,
        "example": shaping_views.EXAMPLE,
        "may_write": may_write,
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/operator_shaping_change.html", _SECTION, context, status_code=status)


def _problems(refused: FleetpostError | None) -> list[str]:
    """Say what is wrong, each thing with its place."""
    if refused is None:
        return []
    named = [f"{error.path.removeprefix('changes.')}: {gettext(error.message)}" for error in refused.errors]
    return named or [gettext(refused.detail)]


HANDLERS = (show_shaping, edit_shaping, save_shaping, try_shaping)

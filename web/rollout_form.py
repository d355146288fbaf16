"""The form that begins a roll-out: what is in force or is to come back, what may be chosen, and what was typed."""

from collections.abc import Mapping

import msgspec

from control_plane.core.languages import mark
from control_plane.rollouts import service
from control_plane.rollouts.schemas import DAEMONS, Daemon, Kind, NewRollout, RolloutChange, Settable
from control_plane.shaping.schemas import ShapingVersion
from web.i18n import gettext

WAVES, SOAK_MINUTES = "10, 50, 100", "10"
_SECONDS = 60
_LONGEST = 12  # digits of a number, as typed: more is no number of ours

_TITLES: Mapping[Daemon, str] = {"postfix": "Postfix", "dovecot": "Dovecot", "rspamd": "Rspamd"}
ERRORS = {
    "shaping_version": "shaping_version",
    "renderer": "renderer",
    "canary": "canary",
    "waves": "waves",
    "soak_seconds": "soak",
    "probe_address": "probe_address",
}
"""By the start of a path in the body, the form's field."""

Form = dict[str, str]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter that may be set."""

    field: str
    name: str
    takes: str
    words: tuple[str, ...]
    """The values to choose from; none: it is typed."""
    value: str


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of one daemon."""

    title: str
    parameters: tuple[Parameter, ...]

    @property
    def is_open(self) -> bool:
        """Say whether any of them is set."""
        return any(each.value for each in self.parameters)


def empty(kind: Kind, change: RolloutChange) -> Form:
    """Fill the form in with a change."""
    form = {"kind": kind, "canary": "", "waves": WAVES, "soak": SOAK_MINUTES, "probe_address": "", "hold": ""}
    if change.daemons is not None:
        for daemon in DAEMONS:
            form |= {f"{daemon}:{name}": value for name, value in change.daemons.of(daemon).items()}
    form["shaping_version"] = _text(change.shaping_version)
    form["renderer"] = _text(change.renderer)
    return form


def sections(form: Form) -> list[Section]:
    """List every parameter that may be set, by daemon."""
    return [
        Section(
            title=title,
            parameters=tuple(_parameter(form, daemon, each) for each in service.settable(daemon)),
        )
        for daemon, title in _TITLES.items()
    ]


def asked(form: Form) -> NewRollout:
    """Make what is to be rolled out; raises `msgspec.ValidationError` where something typed makes no sense."""
    kind = form.get("kind", "")
    body: dict[str, object] = {
        "kind": kind,
        "canary": [form["canary"]] if form.get("canary") else [],
        "waves": [_number(part) for part in form.get("waves", "").split(",") if part.strip()],
        "soak_seconds": _minutes(form.get("soak", "")),
        "probe_address": form.get("probe_address", "").strip() or None,
        "hold_for_absent": bool(form.get("hold")),
    }
    if kind == "daemons":
        body["daemons"] = {daemon: _given(form, daemon) for daemon in DAEMONS}
    elif kind == "shaping":
        body["shaping_version"] = _number(form.get("shaping_version", ""))
    else:
        body["renderer"] = _number(form.get("renderer", ""))
    return msgspec.convert(body, NewRollout)


def versions(saved: tuple[ShapingVersion, ...]) -> list[tuple[str, str]]:
    """List the shaping versions to choose from."""
    listed = [(str(each.version), f"{each.version}: {each.reason}") for each in saved]
    return [*listed, ("0", gettext(mark("0: the set that comes with the product")))]


def _given(form: Form, daemon: Daemon) -> dict[str, str]:
    prefix = f"{daemon}:"
    typed = {field.removeprefix(prefix): value.strip() for field, value in form.items() if field.startswith(prefix)}
    return {name: value for name, value in typed.items() if value}


def _parameter(form: Form, daemon: Daemon, each: Settable) -> Parameter:
    field = f"{daemon}:{each.name}"
    return Parameter(field=field, name=each.name, takes=each.takes, words=each.words, value=form.get(field, ""))


def _number(text: str) -> object:
    """Read a number; anything else is left as it is, to be refused where it stands."""
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST else typed


def _minutes(text: str) -> object:
    number = _number(text)
    return number * _SECONDS if isinstance(number, int) else number


def _text(value: int | None) -> str:
    return "" if value is None else str(value)

"""What a form gets back when it was refused: the problem in words, and each field's fault at its field."""

from collections.abc import Mapping

from control_plane.core.errors import FleetpostError
from web.i18n import gettext


def faults(refused: FleetpostError, fields: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Sort a refusal into faults of the form's fields, by the start of their paths, and a problem for the rest."""
    found: dict[str, str] = {}
    elsewhere: list[str] = []
    for error in refused.errors:
        field = next((name for path, name in fields.items() if error.path.startswith(path)), None)
        if field is None:
            elsewhere.append(gettext(error.message))
        else:
            found.setdefault(field, gettext(error.message))
    if refused.errors:
        return found, " ".join(elsewhere)
    return found, gettext(refused.detail)

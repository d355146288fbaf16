"""What can be wrong with templates."""

from control_plane.core.errors import Conflict


class TooManyTemplates(Conflict):
    """An account has at most 500 templates: delete one that is no longer used."""

    code = "too_many_templates"


class LayoutInUse(Conflict):
    """Templates stand in this layout: give them another one first."""

    code = "layout_in_use"

"""The form of a template: what was typed, as the API takes it."""

import msgspec

from control_plane.core.body import UNREADABLE
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.etag import etag_of
from control_plane.templates.schemas import (
    MOST_SOURCE,
    MOST_SUBJECT,
    Data,
    Kind,
    NewTemplate,
    Template,
    TemplateChange,
    UnsavedPreview,
)
from web.i18n import gettext

BODY_MAX_BYTES = 4 * 1024 * 1024
"""A browser writes up to three characters for one."""

FIELDS = {
    "name": "name",
    "description": "description",
    "subject": "subject",
    "layout_id": "layout_id",
    "html": "source",
    "mjml": "source",
    "text": "text",
    "sample_data": "sample_data",
    "data": "sample_data",
}
"""From the paths of faults to the fields that they are shown at."""

_LONGEST = {"name": 100, "description": 500, "subject": MOST_SUBJECT, "source": MOST_SOURCE, "text": MOST_SOURCE}


class TemplateForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    kind: str = "message"
    name: str = ""
    description: str = ""
    subject: str = ""
    layout_id: str = ""
    format: str = "mjml"
    source: str = ""
    text: str = ""
    sample_data: str = "{}"
    undefined: str = "lenient"
    etag: str = ""
    """What the template was when the form was opened."""
    publish: str = ""
    """The button that sends the new version at once."""
    frame: str = ""
    """Under which name its preview is kept."""
    view: str = "desktop"
    dark: str = ""

    @classmethod
    def of(cls, template: Template, frame: str) -> "TemplateForm":
        """Fill in what a template is."""
        return cls(
            kind=template.kind,
            name=template.name,
            description=template.description,
            subject=template.subject,
            layout_id=template.layout_id or "",
            format="mjml" if template.mjml is not None or template.html is None else "html",
            source=(template.html if template.mjml is None else template.mjml) or "",
            text=template.text or "",
            sample_data=msgspec.json.format(msgspec.json.encode(template.sample_data), indent=2).decode(),
            undefined=template.undefined,
            etag=etag_of(template),
            frame=frame,
        )

    def new(self) -> NewTemplate:
        """Make the template that was asked for; raises `Invalid`."""
        return NewTemplate(name=self.name.strip(), kind=self._kind, **self._common())  # type: ignore[arg-type]

    def change(self) -> TemplateChange:
        """Make the change that was asked for; raises `Invalid`."""
        return TemplateChange(name=self.name.strip(), publish=bool(self.publish), **self._common())  # type: ignore[arg-type]

    def preview(self) -> UnsavedPreview:
        """Make what is to be previewed; raises `Invalid`."""
        return UnsavedPreview(kind=self._kind, **self._common())  # type: ignore[arg-type]

    @property
    def _kind(self) -> Kind:
        return "layout" if self.kind == "layout" else "message"

    def _common(self) -> dict[str, object]:
        self._check_lengths()
        source, is_html = _lines(self.source), self.format == "html"
        return {
            "description": self.description.strip(),
            "subject": "" if self._kind == "layout" else self.subject,
            "html": (source or None) if is_html else None,
            "mjml": None if is_html else source or None,
            "text": _lines(self.text) or None,
            "layout_id": None if self._kind == "layout" else self.layout_id or None,
            "sample_data": self._data(),
            "undefined": "strict" if self.undefined == "strict" else "lenient",
        }

    def _data(self) -> Data:
        try:
            return msgspec.json.decode(self.sample_data.strip() or "{}", type=dict[str, object])
        except UNREADABLE as error:
            message = gettext("This is not a JSON object: %(error)s.") % {"error": str(error).rstrip(".")}
            raise Invalid(errors=(FieldError("sample_data", message),)) from error

    def _check_lengths(self) -> None:
        message = gettext("This is too long.")
        errors = [FieldError(name, message) for name, most in _LONGEST.items() if len(getattr(self, name)) > most]
        if errors:
            raise Invalid(errors=tuple(errors))


def _lines(text: str) -> str:
    """Take a browser's line breaks for plain ones."""
    return text.replace("\r\n", "\n")

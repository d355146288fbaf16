"""What templates look like in the API."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body
from control_plane.messages.schemas import EmailAddress

MOST_SOURCE = 512 * 1024
"""Characters of one version, all parts together."""
MOST_SUBJECT = 1_000
MOST_RECIPIENTS = 5

Kind: TypeAlias = Literal["message", "layout"]
Undefined: TypeAlias = Literal["lenient", "strict"]
Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Description: TypeAlias = Annotated[str, msgspec.Meta(max_length=500)]
Subject: TypeAlias = Annotated[str, msgspec.Meta(max_length=MOST_SUBJECT)]
Source: TypeAlias = Annotated[str, msgspec.Meta(max_length=MOST_SOURCE)]
Number: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Data: TypeAlias = dict[str, object]


class NewTemplate(Body, frozen=True, kw_only=True):
    """A template to be stored; its first version is live at once."""

    name: Name
    kind: Kind = "message"
    """A layout is what stands around messages; `{{ content }}` is where they stand."""
    description: Description = ""
    subject: Subject = ""
    html: Source | None = None
    """Liquid in HTML; values are escaped."""
    text: Source | None = None
    mjml: Source | None = None
    """Liquid in MJML, instead of `html`; in a layout without `<mjml>` and `<mj-body>`."""
    layout_id: str | None = None
    sample_data: Data = msgspec.field(default_factory=dict)
    """What previews are filled with."""
    undefined: Undefined = "lenient"
    """What a name without data does: it leaves its place empty, or has the message refused."""


class TemplateChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays. Other content makes a new version."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    subject: Subject | msgspec.UnsetType = msgspec.UNSET
    html: Source | msgspec.UnsetType | None = msgspec.UNSET
    text: Source | msgspec.UnsetType | None = msgspec.UNSET
    mjml: Source | msgspec.UnsetType | None = msgspec.UNSET
    layout_id: str | msgspec.UnsetType | None = msgspec.UNSET
    sample_data: Data | msgspec.UnsetType = msgspec.UNSET
    undefined: Undefined | msgspec.UnsetType = msgspec.UNSET
    publish: bool = False
    """Send the new version from now on."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A template, with the content of one of its versions: the latest, unless another was asked for."""

    id: str
    name: str
    kind: Kind
    description: str
    undefined: Undefined
    version: int
    latest_version: int
    live_version: int
    """The one that is sent."""
    subject: str
    html: str | None
    text: str | None
    mjml: str | None
    layout_id: str | None
    sample_data: Data
    created_at: datetime
    updated_at: datetime


class TemplateSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A template in a list."""

    id: str
    name: str
    kind: Kind
    description: str
    subject: str
    """Of the latest version."""
    latest_version: int
    live_version: int
    created_at: datetime
    updated_at: datetime


class TemplateVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version in the list of all; its content is in the template with `?version=`."""

    version: int
    subject: str
    author: str
    live: bool
    created_at: datetime


class VersionChoice(Body, frozen=True, kw_only=True):
    """A version, by its number."""

    version: Number


class CloneRequest(Body, frozen=True, kw_only=True):
    """What a copy is called."""

    name: Name | None = None


class PreviewRequest(Body, frozen=True, kw_only=True):
    """What a preview is filled with; without data, the sample data."""

    data: Data | None = None
    version: Number | None = None


class UnsavedPreview(NewTemplate, frozen=True, kw_only=True):
    """A template that is not stored, to be previewed with its sample data."""

    name: Name = "Preview"


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would be sent."""

    subject: str
    html: str | None
    text: str | None
    undefined: tuple[str, ...]
    """Names that were needed and have no data."""
    warnings: tuple[str, ...]
    """What mail programs will not like about it."""


class TestSend(Body, frozen=True, kw_only=True):
    """A message to oneself, made from a template."""

    __test__ = False  # pytest would take its name for a test's

    sender: EmailAddress = msgspec.field(name="from")
    to: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST_RECIPIENTS)]
    """Members of the account, or addresses at its proven domains."""
    data: Data | None = None
    version: Number | None = None


class TemplateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A template as it is stored, without content."""

    id: UUID
    kind: Kind
    name: str
    description: str
    undefined: Undefined
    live: int
    latest: int
    created_at: datetime
    updated_at: datetime


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A version as it is stored."""

    template_id: UUID
    number: int
    subject: str
    html: str | None
    text: str | None
    mjml: str | None
    layout_id: UUID | None
    sample_data: str
    """JSON."""
    author: str
    created_at: datetime

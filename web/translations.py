"""Keeps the catalogues in step with the source: extracts what is to be translated, updates the files, names faults.

scripts/translations update    write new messages into every catalogue, take out what is gone
scripts/translations check     say what is missing, unsure or does not fit
"""

import importlib
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import msgspec
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from control_plane.core.errors import FleetpostError, Refused, Unavailable
from control_plane.core.languages import ENGLISH, LANGUAGES, catalogues

_WEB = Path(__file__).parent
_PLATFORM = _WEB.parent / "platform"
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "mark": None,
    "ngettext": (1, 2),
    "FieldError": (2,),
}
"""What marks a message in Python and in templates; of a field's fault the second argument is shown."""
_METHODS = [(f"**/{folder}/**", "ignore") for folder in ("node_modules", "migrations", "static")]
_METHODS += [("**.py", "python"), ("**.html", "jinja2")]
_OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}
_MOVING = tuple(
    f'"{name}'.encode()
    for name in ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator", "Report-Msgid-Bugs-To")
)
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_HEADER = "# Translations of Fleetpost's pages, kept in step by scripts/translations; write the msgstr lines only."


class Fault(msgspec.Struct, frozen=True):
    """Something wrong with a translation."""

    code: str
    message: str
    what: str

    def __str__(self) -> str:
        return f"{self.code}: {self.what}: {self.message!r}"


def extract() -> Catalog:
    """Find every message of the pages, and every refusal that they may have to show."""
    template = Catalog(domain=catalogues.DOMAIN, project="Fleetpost", charset="utf-8")
    for folder in (_WEB, _PLATFORM / "control_plane"):
        found = extract_from_dir(folder, _METHODS, _OPTIONS, keywords=_KEYWORDS, strip_comment_tags=True)
        for name, _, message, _, context in found:
            template.add(message, locations=[(f"{folder.name}/{name}", 0)], context=context)
    for error in {*_errors(Refused), *_errors(Unavailable)}:
        template.add(error.default_message(), locations=[(error.__module__.replace(".", "/") + ".py", 0)])
    return template


def update(code: str, template: Catalog) -> None:
    """Bring one language's file up to date; what is no longer in the source goes."""
    file = catalogues.file_of(code)
    catalog = catalogues.read(code) if file.exists() else Catalog(locale=code, domain=catalogues.DOMAIN)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment, catalog.fuzzy = _HEADER, False
    catalog.project, catalog.version = "Fleetpost", ""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_written(catalog))


def _written(catalog: Catalog) -> bytes:
    """Write without what changes at each run: dates, line numbers, the version of the tool."""
    raw = BytesIO()
    write_po(raw, catalog, width=120, sort_output=True, include_lineno=False, omit_header=False)
    return b"".join(line for line in raw.getvalue().splitlines(keepends=True) if not line.startswith(_MOVING))


def faults(code: str, template: Catalog) -> Iterator[Fault]:
    """Say what is missing, unsure, no longer asked for, or does not take the same placeholders."""
    if not catalogues.file_of(code).exists():
        yield Fault(code, "", "has no catalogue; run scripts/translations update")
        return
    catalog = catalogues.read(code)
    wanted = {_text(message) for message in template if message.id}
    for message in template:
        if message.id:
            yield from compared(code, catalog.get(message.id))
    for message in catalog:
        if message.id and _text(message) not in wanted:
            yield Fault(code, _text(message), "is no longer in the source; run scripts/translations update")


def compared(code: str, found: Message | None) -> Iterator[Fault]:
    """Say what is wrong with one message's translation."""
    if found is None:
        return
    if found.fuzzy:
        yield Fault(code, _text(found), "is marked as unsure")
    if not found.string or (isinstance(found.string, tuple) and not all(found.string)):
        yield Fault(code, _text(found), "is not translated")
        return
    for error in found.check():
        yield Fault(code, _text(found), str(error))
    if isinstance(found.id, str) and isinstance(found.string, str):  # a plural may say "one" in words
        for name in sorted(set(_PLACEHOLDER.findall(found.id)) - set(_PLACEHOLDER.findall(found.string))):
            yield Fault(code, found.id, f"lacks the placeholder {name}")


def _text(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _errors(root: type[FleetpostError]) -> Iterator[type[FleetpostError]]:
    """Give an error and all beneath it; the application knows them all."""
    importlib.import_module("control_plane.asgi")
    yield root
    for error in root.__subclasses__():
        yield from _errors(error)


def main(arguments: list[str]) -> int:
    """Run the command; gives the exit status."""
    template = extract()
    codes = [language.code for language in LANGUAGES if language is not ENGLISH]
    if arguments == ["update"]:
        for code in codes:
            update(code, template)
        return 0
    if arguments != ["check"]:
        sys.stderr.write(__doc__ or "")
        return 2
    found = [fault for code in codes for fault in faults(code, template)]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

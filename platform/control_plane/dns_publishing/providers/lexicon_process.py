"""What lexicon does in a process apart: reads an order from standard input, writes the outcome to standard output.

What went wrong is told by one of five words, never by the error's own text: some providers' have the key in them.
"""

import sys
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
import requests
from lexicon.config import ConfigResolver
from lexicon.exceptions import AuthenticationError
from lexicon.interfaces import Provider

from control_plane.dns_publishing.providers.kinds import DIALECTS, Dialect, provider_class
from control_plane.dns_publishing.published import quoted, strings_of
from control_plane.dns_publishing.record_sets import RecordSet, canonical_name, canonical_value, gathered

Problem: TypeAlias = Literal["no_zone", "refused", "not_done", "odd", "away"]

_TTL_SECONDS = 3600
_UNAUTHORISED = (401, 403)
_SERVER_FAULT = 500


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Open the first of these zones that is there; then list what is at the names, or make one set another."""

    kind: str
    options: dict[str, str]
    apexes: list[str]
    names: list[str] = []
    before: RecordSet | None = None
    after: RecordSet | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    apex: str = ""
    sets: list[RecordSet] = []
    problem: Problem | None = None


class _Listed(msgspec.Struct, frozen=True):
    """A record as the provider tells it."""

    name: str
    type: str
    content: str
    ttl: int = _TTL_SECONDS
    id: str | int | None = None

    def is_at(self, place: RecordSet) -> bool:
        return canonical_name(self.name) == place.name and self.type == place.type


def carry_out(order: Order) -> Outcome:
    """Carry out an order."""
    dialect = DIALECTS[order.kind]
    try:
        provider = _opened(order, dialect)
        if provider is None:
            return Outcome(problem="no_zone")
        if order.before is not None and order.after is not None:
            _write(provider, dialect, order.before, order.after)
        sets = _sets(_listed(provider), dialect) if order.names else []
    except requests.HTTPError as error:
        return Outcome(problem=_problem_of(error))
    except (requests.RequestException, OSError):
        return Outcome(problem="away")
    except AuthenticationError:
        return Outcome(problem="refused")
    except Exception:  # noqa: BLE001 lexicon's modules raise whatever they like, some of it with the key in its text
        return Outcome(problem="not_done" if order.after else "odd")
    return Outcome(apex=provider.domain, sets=[each for each in sets if each.name in order.names])


def _opened(order: Order, dialect: Dialect) -> Provider | None:
    """Open the first zone that the provider has; credentials that it does not know open none."""
    for apex in order.apexes:
        provider = _provider(order, dialect, apex)
        try:
            provider.authenticate()
        except (AuthenticationError, requests.HTTPError, LookupError, ValueError):
            continue
        except Exception as error:  # a zone that is not there is told in many ways
            if isinstance(error, requests.RequestException | OSError):
                raise
            continue
        return provider
    return None


def _provider(order: Order, dialect: Dialect, apex: str) -> Provider:
    options: dict[str, object] = {**dict(dialect.options), **order.options}
    known: dict[str, object] = {
        "provider_name": order.kind,
        "domain": apex,
        "ttl": _TTL_SECONDS,
        order.kind: options,
    }
    if dialect.priority_apart and order.after is not None and order.after.type == "MX" and order.after.values:
        known["priority"] = order.after.values[0].split(" ")[0]
    return provider_class(order.kind)(ConfigResolver().with_dict(known))  # type: ignore[no-untyped-call]  # its constructor


def _listed(provider: Provider) -> list[_Listed]:
    return [msgspec.convert(record, _Listed, strict=False) for record in provider.list_records()]


def _sets(listed: Sequence[_Listed], dialect: Dialect) -> list[RecordSet]:
    return gathered([(each.name, each.type, _complete(each, dialect), each.ttl) for each in listed])


def _complete(record: _Listed, dialect: Dialect) -> str:
    """Put a number before the host of MX where the provider does not tell it."""
    lacks = dialect.priority_apart and record.type == "MX" and len(record.content.split()) == 1
    return f"10 {record.content}" if lacks else record.content


def _write(provider: Provider, dialect: Dialect, before: RecordSet, after: RecordSet) -> None:
    name = dialect.apex if dialect.apex and after.name == provider.domain else after.name
    if dialect.whole_sets:
        _replace(provider, dialect, name, after)
        return
    gone = [
        record
        for record in _listed(provider)
        if record.is_at(before) and canonical_value(record.type, _complete(record, dialect)) not in after.values
    ]
    if after.type == "CNAME":  # there can only be one
        _remove(provider, dialect, name, gone)
    for value in (value for value in after.values if value not in before.values):
        provider.create_record(after.type, name, _said(value, after.type, dialect))
    if after.type != "CNAME":  # last, so that a value that is refused costs none that stood there
        _remove(provider, dialect, name, gone)


def _replace(provider: Provider, dialect: Dialect, name: str, after: RecordSet) -> None:
    if not after.values:
        provider.delete_record(None, after.type, name)
        return
    values: Sequence[str] = [_said(value, after.type, dialect) for value in after.values]
    provider.update_record(None, after.type, name, values)  # type: ignore[arg-type]  # it takes a list, and says so


def _remove(provider: Provider, dialect: Dialect, name: str, records: Sequence[_Listed]) -> None:
    for record in records:
        if dialect.by_identifier and record.id is not None:
            provider.delete_record(str(record.id))
        else:
            provider.delete_record(None, record.type, name, record.content)


def _said(value: str, record_type: str, dialect: Dialect) -> str:
    """Write a value as the provider wants it."""
    if record_type == "TXT":
        return " ".join(map(quoted, strings_of(value))) if dialect.whole_sets else value
    words = value.split(" ")
    if record_type == "MX" and dialect.priority_apart:
        words = words[1:]
    return " ".join(words) + ("." if dialect.final_dot and not value.endswith(".") else "")


def _problem_of(error: requests.HTTPError) -> Problem:
    status = error.response.status_code if error.response is not None else _SERVER_FAULT
    if status in _UNAUTHORISED:
        return "refused"
    return "away" if status >= _SERVER_FAULT else "not_done"


def main() -> None:
    """Carry out the order on standard input."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(msgspec.json.encode(carry_out(order)))


if __name__ == "__main__":
    main()

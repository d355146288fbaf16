"""The form of a plan: what was typed, as a plan and back."""

import re
from typing import TypeVar

import msgspec

from control_plane.core.errors import FieldError, Invalid
from control_plane.core.languages import mark
from control_plane.plans.schemas import MESSAGE_MOST_BYTES, NewPlan, Plan, PlanChange, PlanLimits, Price
from web import gigabytes
from web.i18n import gettext

Wanted = TypeVar("Wanted", NewPlan, PlanChange)

LIMITS = (
    ("messages_month", mark("Messages a month")),
    ("messages_day", mark("Messages a day")),
    ("messages_hour", mark("Messages an hour")),
    ("domains", mark("Domains")),
    ("mailboxes", mark("Mailboxes")),
    ("storage_gb", mark("Storage in GB")),
    ("contacts", mark("Contacts")),
    ("dedicated_ips", mark("Dedicated IP addresses")),
    ("message_mib", mark("Largest message in MiB")),
)
"""The fields of limits with their words."""
FIELDS = {
    **{f"limits.{name}": name for name, _ in LIMITS},
    "limits.storage_bytes": "storage_gb",
    "limits.message_bytes": "message_mib",
    "name": "name",
    "price": "price",
    "currency": "currency",
    "overage": "overage",
    "weight": "weight",
}

_MOST, _MOST_STORAGE = 10**12, 10**15
_MIB = 1024 * 1024
_CENTS = 100
_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,9})(?:[.,](?P<part>[0-9]{1,2}))?")
_NAME_MAX, _OVERAGE_MAX = 100, 500
_WEIGHT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")
_LEAST_WEIGHT, _MOST_WEIGHT = 0.1, 100


class PlanForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    name: str = ""
    price: str = ""
    currency: str = "EUR"
    over_limit: str = "stop"
    overage: str = ""
    weight: str = "1"
    messages_month: str = ""
    messages_day: str = ""
    messages_hour: str = ""
    domains: str = ""
    mailboxes: str = ""
    storage_gb: str = ""
    contacts: str = ""
    dedicated_ips: str = ""
    message_mib: str = ""

    def __getitem__(self, name: str) -> str:
        """Give a field by its name, as templates ask for it."""
        value: str = getattr(self, name)
        return value

    def body(self, kind: type[Wanted]) -> Wanted:
        """Make what was asked for; raises `Invalid` with every wrong field."""
        errors: list[FieldError] = []
        limits, price, weight = self._limits(errors), self._price(errors), self._weight(errors)
        if not 0 < len(self.name.strip()) <= _NAME_MAX:
            errors.append(FieldError("name", gettext("Give it a name of at most 100 characters.")))
        if len(self.overage) > _OVERAGE_MAX:
            errors.append(FieldError("overage", gettext("Use at most 500 characters.")))
        if errors:
            raise Invalid(errors=tuple(errors))
        return kind(
            name=self.name.strip(),
            limits=limits,
            over_limit="hold" if self.over_limit == "hold" else "stop",
            overage=self.overage.strip(),
            price=price,
            weight=weight,
        )

    def _weight(self, errors: list[FieldError]) -> float:
        text = self.weight.strip() or "1"
        weight = float(text.replace(",", ".")) if _WEIGHT.fullmatch(text) and text.isascii() else 0
        if not _LEAST_WEIGHT <= weight <= _MOST_WEIGHT:
            errors.append(FieldError("weight", gettext("A number from 0.1 to 100.")))
        return weight

    def _limits(self, errors: list[FieldError]) -> PlanLimits:
        given = {name: self._number(name, errors) for name, _ in LIMITS}
        storage, message = given.pop("storage_gb"), given.pop("message_mib")
        if message is not None and not 1 <= message <= MESSAGE_MOST_BYTES // _MIB:
            errors.append(FieldError("limits.message_mib", gettext("A whole number from 1 to 25, or nothing.")))
            message = None
        return PlanLimits(storage_bytes=storage, message_bytes=message and message * _MIB, **given)

    def _number(self, name: str, errors: list[FieldError]) -> int | None:
        """Read a limit; empty is none."""
        text = "".join(self[name].split())
        if not text:
            return None
        if name == "storage_gb":
            amount, words = gigabytes.read(text), gettext("A number, or nothing for no limit.")
        else:
            amount, words = _whole(text), gettext("A whole number, or nothing for no limit.")
        if amount is None or amount > _MOST_STORAGE:
            errors.append(FieldError(f"limits.{name}", words))
            return None
        return amount

    def _price(self, errors: list[FieldError]) -> Price | None:
        text = self.price.strip()
        if not text:
            return None
        amount = _AMOUNT.fullmatch(text)
        if amount is None:
            errors.append(FieldError("price", gettext("An amount such as 9.90, or nothing for no price.")))
            return None
        cents = int(amount["whole"]) * _CENTS + int(f"{amount['part'] or '':0<2}")
        currency = self.currency.strip().upper()
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            errors.append(FieldError("currency", gettext("Three letters, such as EUR.")))
            return None
        return Price(amount_minor=cents, currency=currency)


def _whole(text: str) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) and int(text) <= _MOST
    return int(text) if fits else None


def filled(plan: Plan) -> PlanForm:
    """Fill the form with a plan."""
    limits = msgspec.structs.asdict(plan.limits)
    storage, message = limits.pop("storage_bytes"), limits.pop("message_bytes")
    return PlanForm(
        name=plan.name,
        price="" if plan.price is None else f"{plan.price.amount_minor / _CENTS:.2f}",
        currency="EUR" if plan.price is None else plan.price.currency,
        over_limit=plan.over_limit,
        overage=plan.overage,
        weight=f"{plan.weight:g}",
        storage_gb="" if storage is None else gigabytes.shown(storage),
        message_mib="" if message is None else str(-(-message // _MIB)),
        **{name: "" if most is None else str(most) for name, most in limits.items()},
    )

"""What is to be done to make the projected rows the desired ones, in an order that never shows half an object."""

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from tenant_agent.project import RowId, Rows, Table


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of one table that are made together."""

    table: Table
    puts: dict[str, str] = {}
    deletes: frozenset[str] = frozenset()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Steps to be taken in this order."""

    steps: tuple[Step, ...]
    stale_logins: frozenset[str]
    """Users whose password or state changed: what Dovecot remembers of them is out of date."""

    @property
    def logins(self) -> dict[str, str | None]:
        """Every changed user with the new row, or none if the user is gone."""
        users = [step for step in self.steps if step.table is Table.USERS]
        return {key: None for step in users for key in step.deletes} | {
            key: row for step in users for key, row in step.puts.items()
        }

    @property
    def rows(self) -> list[RowId]:
        """Every row that changes."""
        return [RowId(step.table, key) for step in self.steps for key in (*step.puts, *sorted(step.deletes))]

    @property
    def changes_domains(self) -> bool:
        """Whether the *set* of domains changes: smtpd processes remember a refusal, so Postfix must reload."""
        return self.changes(Table.DOMAINS) or self.changes(Table.INTAKES)

    def changes(self, table: Table) -> bool:
        """Whether anything changes in a table."""
        return any(step.table is table for step in self.steps)


def diff(desired: Rows, projected: Mapping[RowId, str]) -> Plan:
    """Compare; rows are created from Dovecot up to the domain map, then deleted the other way round."""
    puts: dict[Table, dict[str, str]] = defaultdict(dict)
    deletes: dict[Table, set[str]] = defaultdict(set)
    for row_id, value in desired.items():
        if projected.get(row_id) != value:
            puts[row_id.table][row_id.key] = value
    for row_id in projected.keys() - desired.keys():
        deletes[row_id.table].add(row_id.key)
    creating = tuple(Step(table=table, puts=puts[table]) for table in sorted(puts))
    removing = tuple(Step(table=table, deletes=frozenset(deletes[table])) for table in sorted(deletes, reverse=True))
    return Plan(steps=creating + removing, stale_logins=_stale_logins(creating + removing, projected))


def _stale_logins(steps: tuple[Step, ...], projected: Mapping[RowId, str]) -> frozenset[str]:
    touched = {key for step in steps if step.table is Table.USERS for key in step.puts.keys() | step.deletes}
    return frozenset(key for key in touched if RowId(Table.USERS, key) in projected)

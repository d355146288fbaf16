"""What is to be done to make the projected rows the desired ones, in an order that never shows half an object."""

from collections.abc import Callable, Mapping

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
    rerouted: frozenset[str] = frozenset()
    """Mailboxes that were here and still are, to which there is another way: what Postfix remembers is out of date."""

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
        return any(map(self.changes, (Table.DOMAINS, Table.INTAKES, Table.ROUTED_DOMAINS)))

    def changes(self, table: Table) -> bool:
        """Whether anything changes in a table."""
        return any(step.table is table for step in self.steps)


def diff(desired: Rows, projected: Mapping[RowId, str]) -> Plan:
    """Compare; rows are created from Dovecot up to the domain map, then deleted the other way round."""
    return diff_tables(_by_table(desired), _by_table(projected).__getitem__)


def diff_tables(desired: Mapping[Table, Mapping[str, str]], read: Callable[[Table], Mapping[str, str]]) -> Plan:
    """Compare table by table, with what is projected of one table in memory at a time."""
    puts: dict[Table, dict[str, str]] = {}
    deletes: dict[Table, frozenset[str]] = {}
    stale, kept = frozenset[str](), frozenset[str]()
    for table in sorted(desired):
        present = read(table)
        puts[table] = {key: value for key, value in desired[table].items() if present.get(key) != value}
        deletes[table] = frozenset(present.keys() - desired[table].keys())
        if table is Table.USERS:
            stale = frozenset(present.keys() & puts[table].keys() | deletes[table])
        if table is Table.MAILBOXES:
            kept = frozenset(present.keys() & desired[table].keys())
    creating = tuple(Step(table=table, puts=rows) for table, rows in puts.items() if rows)
    removing = tuple(Step(table=table, deletes=keys) for table, keys in reversed(deletes.items()) if keys)
    rerouted = kept & (puts.get(Table.PASSED, {}).keys() | deletes.get(Table.PASSED, frozenset()))
    return Plan(steps=creating + removing, stale_logins=stale, rerouted=rerouted)


def _by_table(rows: Mapping[RowId, str]) -> dict[Table, dict[str, str]]:
    tables: dict[Table, dict[str, str]] = {table: {} for table in Table}
    for row_id, value in rows.items():
        tables[row_id.table][row_id.key] = value
    return tables

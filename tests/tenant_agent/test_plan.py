"""The order of steps between two states of the tables."""

from tenant_agent.plan import diff
from tenant_agent.project import RowId, Table

USER = RowId(Table.USERS, "ann@acme.test")
MAILBOX = RowId(Table.MAILBOXES, "ann@acme.test")
DOMAIN = RowId(Table.DOMAINS, "acme.test")
ROWS = {DOMAIN: "OK", USER: "secret", MAILBOX: "OK"}


def test_equal_rows_need_no_step() -> None:
    assert diff(ROWS, ROWS).steps == ()


def test_a_new_object_grows_from_dovecot_up_to_the_domain() -> None:
    assert [step.table for step in diff(ROWS, {}).steps] == [Table.USERS, Table.MAILBOXES, Table.DOMAINS]


def test_a_deleted_object_goes_the_other_way() -> None:
    assert [step.table for step in diff({}, ROWS).steps] == [Table.DOMAINS, Table.MAILBOXES, Table.USERS]


def test_what_comes_is_there_before_what_goes_is_gone() -> None:
    plan = diff({RowId(Table.ELSEWHERE, "ann@acme.test"): "450"}, {MAILBOX: "OK"})
    assert [(step.table, bool(step.puts)) for step in plan.steps] == [(Table.ELSEWHERE, True), (Table.MAILBOXES, False)]


def test_only_a_change_of_the_set_of_domains_asks_for_a_reload() -> None:
    assert diff(ROWS, {}).changes_domains
    assert not diff(ROWS, ROWS | {USER: "other"}).changes_domains


def test_dovecot_forgets_changed_and_deleted_users_but_not_new_ones() -> None:
    assert diff(ROWS, ROWS | {USER: "other"}).stale_logins == {"ann@acme.test"}
    assert diff({}, ROWS).stale_logins == {"ann@acme.test"}
    assert diff(ROWS, {}).stale_logins == frozenset()


def test_a_mailbox_that_has_another_way_is_told_of_but_not_one_that_is_new_or_gone() -> None:
    way = {RowId(Table.PASSED, "ann@acme.test"): "fleet:[10.77.2.10]"}
    assert diff(ROWS | way, ROWS).rerouted == {"ann@acme.test"}
    assert diff(ROWS, ROWS | way).rerouted == {"ann@acme.test"}
    assert diff(ROWS | way, {}).rerouted == frozenset()
    assert diff({}, ROWS | way).rerouted == frozenset()
    assert diff(ROWS | way, ROWS | way).rerouted == frozenset()

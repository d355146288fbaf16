"""What changed in files, as people may see it."""

import pytest

from tenant_agent.diffs import LEFT_OUT, MOST_BYTES, diff, without_secrets
from tenant_agent.layout import Layout
from tenant_agent.render import File, Tree, redis, rspamd

PASSWORD = "hunter2-hunter2"


def tree(**files: str) -> Tree:
    return {name: File(text=text) for name, text in files.items()}


def test_a_changed_line_is_shown_with_its_surroundings() -> None:
    shown = diff(tree(main="a = 1\nb = 2\n"), tree(main="a = 1\nb = 3\n"))
    assert shown == "--- main\n+++ main\n@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = 3\n"


def test_files_that_come_and_go_are_shown_whole() -> None:
    assert diff({}, tree(new="x\n")).startswith("--- /dev/null\n+++ new\n")
    assert diff(tree(old="x\n"), {}).startswith("--- old\n+++ /dev/null\n")


def test_what_is_the_same_is_not_shown() -> None:
    assert diff(tree(main="a\n"), tree(main="a\n")) == ""


@pytest.mark.parametrize(
    "line",
    [
        f"requirepass {PASSWORD}",
        f'password = "{PASSWORD}";',
        f'  password = "{PASSWORD}";',
        f"smtp_sasl_password_maps = inline:{{ {{x={PASSWORD}}} }}",
        f"redis_password: {PASSWORD}",
        f"api_key={PASSWORD}",
        f"-o {{ client_secret = {PASSWORD} }}",
    ],
)
def test_what_is_called_a_secret_is_left_out(line: str) -> None:
    assert PASSWORD not in without_secrets(f"before\n{line}\nafter\n")
    assert without_secrets(f"before\n{line}\nafter\n").endswith("after\n")


@pytest.mark.parametrize("line", ["passdb {", 'key_prefix = "dkim_"', "ssl_key = </etc/fleetpost/tls/key.pem"])
def test_what_only_looks_like_one_is_shown(line: str) -> None:
    assert without_secrets(line) == line


def test_a_known_secret_is_left_out_wherever_it_stands() -> None:
    assert without_secrets(f"redis://:{PASSWORD}@localhost", [PASSWORD, ""]) == f"redis://:{LEFT_OUT}@localhost"


def test_a_key_is_left_out_though_it_be_cut() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
    assert "MIIE" not in without_secrets(f"a\n{key}b\n{key[:-20]}")


def test_the_files_that_hold_the_password_of_redis_show_nothing_of_it() -> None:
    before = redis.render(Layout(), password="first") | rspamd.render_signer(Layout(), redis_password="first")
    after = redis.render(Layout(), password=PASSWORD) | rspamd.render_signer(Layout(), redis_password=PASSWORD)
    assert diff(before, after) == ""
    assert PASSWORD not in diff({}, after | rspamd.render_scanner(Layout(), redis_password=PASSWORD))


def test_a_long_diff_ends_with_a_whole_line_and_says_that_it_does() -> None:
    shown = diff({}, tree(main="".join(f"grüße_{number} = {number}\n" for number in range(20_000))))
    assert len(shown.encode()) <= MOST_BYTES
    *_, last, note = shown.splitlines()
    assert last.startswith("+grüße_")
    assert "too long" in note

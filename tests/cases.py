"""How much the isolation tests tried, by what; told at the end of the run, however many processes shared it."""

import pytest

CASES: dict[str, int] = {}
"""What this process tried, and in the end what all did."""

_KEY = "cases"


@pytest.hookimpl
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand up what a worker tried."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_KEY] = CASES


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take what a worker tried; two may have shared a kind."""
    for name, number in getattr(node, "workeroutput", {}).get(_KEY, {}).items():
        CASES[name] = CASES.get(name, 0) + number


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it."""
    if CASES:
        terminalreporter.section("isolation")
        for name, number in CASES.items():
            terminalreporter.write_line(f"{number:6d} {name}")
        terminalreporter.write_line(f"{sum(CASES.values()):6d} cases in all")

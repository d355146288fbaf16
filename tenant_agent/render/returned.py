"""The part of Postfix's configuration that takes bounces in: mail to the return paths of the domains that are here.

Only what is shaped like a signed return path is taken; the signature itself is looked at by the control plane, which
alone has the key. Whoever wrote such a mail is never told of its fate: its sender may be anybody.
"""

from tenant_agent.layout import Layout
from tenant_agent.wire.returns import RETURN_LABEL, RETURN_LOCAL_CHARACTERS

_SHAPED = rf"[0-9a-v]{{{RETURN_LOCAL_CHARACTERS}}}"
_RECIPIENT = rf"RCPT +TO: *<{_SHAPED}@{RETURN_LABEL}\.[^>]*>"
_REFUSAL = "550 5.1.1 Nobody reads mail at this address: bounces come back to it"


def domains(layout: Layout) -> str:
    """Give the table of return domains: those of all domains that mail is accepted for."""
    return _doubled(f"pipemap:{{regexp:{{{{/^{RETURN_LABEL}\\.(.+)$/ $1}}}}, {_domains(layout)}}}")


def refused(layout: Layout) -> str:
    """Refuse all other addresses in those domains; for `check_recipient_access`."""
    rules = f"{{/^{_SHAPED}@/ shaped}} {{/@{RETURN_LABEL}\\.(.+)$/ $1}}"  # no domain is called `shaped`
    return _doubled(f"pipemap:{{regexp:{{{rules}}}, {_domains(layout)}, static:{{{_REFUSAL}}}}}")


def quiet() -> str:
    """Give rules as in `postfix.quiet_lines`, for all return paths."""
    with_wish = rf"{{/^({_RECIPIENT}.*) NOTIFY=[^ ]*(.*)$/ ${{1}}${{2}} NOTIFY=NEVER}}"
    without = rf"{{/^({_RECIPIENT}.*)$/ ${{1}} NOTIFY=NEVER}}"
    return _doubled(f"regexp:{{{with_wish} {without}}}")


def _domains(layout: Layout) -> str:
    return f"lmdb:{layout.maps / 'virtual_mailbox_domains'}"


def _doubled(table: str) -> str:
    """Keep Postfix from reading a parameter's name behind `$`."""
    return table.replace("$", "$$")

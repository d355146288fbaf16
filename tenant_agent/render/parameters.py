"""Puts parameters that were rolled out into rendered files: in one marked block, in place of what was said before."""

import re
from collections.abc import Mapping
from itertools import groupby

from tenant_agent import wire
from tenant_agent.design import parameters_of
from tenant_agent.render import File, Tree

_MARK = "# Rolled out to the fleet:"
_NAME = re.compile(r"\s*([A-Za-z0-9_]+)\s*=")


def with_parameters(service: str, tree: Tree, item: wire.DaemonsItem) -> Tree:
    """Give a service's files with the parameters that are for it."""
    match service:
        case "postfix":
            return tree | _replaced(tree, "main.cf", parameters_of(item, "postfix"), "{} = {}")
        case "dovecot":
            return tree | _replaced(tree, "dovecot.conf", parameters_of(item, "dovecot"), "{} = {}")
        case "rspamd":
            return tree | _by_section(tree, parameters_of(item, "rspamd"))
        case _:
            return tree


def _by_section(tree: Tree, parameters: Mapping[str, str]) -> Tree:
    """Sort `section.name` into the section's file."""
    changed: Tree = {}
    for section, names in groupby(sorted(parameters), key=lambda name: name.partition(".")[0]):
        path = f"local.d/{section}.{'inc' if section == 'options' else 'conf'}"
        chosen = {name.partition(".")[2]: parameters[name] for name in names}
        changed |= _replaced(tree, path, chosen, "{} = {};")
    return changed


def _replaced(tree: Tree, path: str, parameters: Mapping[str, str], form: str) -> Tree:
    if not parameters:
        return {}
    file = tree.get(path, File(text=""))
    kept = "".join(f"{line}\n" for line in file.text.splitlines() if _name_in(line) not in parameters)
    added = "".join(f"{form.format(name, value)}\n" for name, value in sorted(parameters.items()))
    return {path: File(text=f"{kept}{_MARK}\n{added}", mode=file.mode, group=file.group)}


def _name_in(line: str) -> str | None:
    """Read which parameter a line sets; each is set in one line, also where it stands in a block of Dovecot's."""
    found = _NAME.match(line)
    return None if found is None else found[1]

"""Say whether a name below the domain leads to us, and whether programs are told our hosts (RFC 6186)."""

from ipaddress import ip_address

from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.verdict import (
    OURS,
    Verdict,
    missing,
    ok,
    shown,
    warning,
    without_answer,
    wrong,
)
from control_plane.mail_domains.schemas import DnsRecord


def judge_host(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge an alias for one of our hosts; an address of that host does as well, for as long as it has it."""
    answer, target = seen.of(record.host, "A"), record.value.lower()
    if target in answer.aliases:
        return ok(found=answer.aliases)
    if (none := without_answer(answer)) is not None:
        return none
    if answer.aliases:
        return wrong(
            f"The name is an alias for {shown(answer.aliases[0], 80)}: let it lead to {target}.", answer.aliases
        )
    if not answer.values:
        return missing(record)
    ours = set(seen.of(target, "A").values)
    if set(answer.values) <= ours:
        return warning("The name has our address, which may change: publish the alias (CNAME) instead.", answer.values)
    return wrong(f"The name leads elsewhere: replace its addresses with an alias (CNAME) for {target}.", answer.values)


def judge_challenge(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge the alias by which we prove to certificate authorities that the domain is served here."""
    answer, target = seen.of(record.host, "CNAME"), record.value.lower()
    if (none := without_answer(answer)) is not None:
        return none
    found = {value.lower() for value in answer.values}
    if target in found:
        return ok(found=answer.values)
    if found:
        return wrong(f"The name is an alias for another host: let it lead to {target}.", answer.values)
    return missing(record)


def judge_service(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge an SRV record: which host and port mail programs are told."""
    answer = seen.of(record.host, "SRV")
    if (none := without_answer(answer)) is not None:
        return none
    if not answer.values:
        return missing(record)
    port, target = record.value.lower().split(" ")[2:]
    told = [value.lower().split(" ")[2:4] for value in answer.values]
    if [port, target] in told:
        return (
            ok(found=answer.values)
            if len(told) == 1
            else warning("Programs may also be told of other hosts: remove those if that is not meant.", answer.values)
        )
    if all(parts[-1:] == ["."] for parts in told):
        return wrong("The record says that there is no such service: replace it with this one.", answer.values)
    return wrong(f"Programs are told of another host or port: let it say {port} {target}.", answer.values)


def judge_reverse(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge the name of one of our sending addresses, and that it leads back to it (RFC 1912 §2.1)."""
    answer = seen.of(record.host, "PTR")
    if (none := without_answer(answer)) is not None:
        return none
    names = tuple(value.lower() for value in answer.values)
    if not names:
        return missing(record, f"This sending address has no name: {OURS}.")
    if record.value.lower() not in names:
        return wrong(f"This sending address has another name: {OURS}.", names)
    kind, address = _address_of(record.host)
    forward = seen.of(record.value, kind)
    if forward.problem is not None:
        return Verdict("unknown", "DNS did not tell where the name leads: it is checked again.", names)
    if address not in forward.values:
        return wrong(f"The name does not lead back to the address: {OURS}.", names)
    return ok("The address has its name, and the name leads back to it.", names)


def _address_of(reverse: str) -> tuple[str, str]:
    """Read the address back from `4.3.2.1.in-addr.arpa`."""
    labels = reverse.split(".")[:-2][::-1]
    if reverse.endswith(".in-addr.arpa"):
        return "A", ".".join(labels)
    digits = "".join(labels)
    return "AAAA", str(ip_address(":".join(digits[start : start + 4] for start in range(0, len(digits), 4))))

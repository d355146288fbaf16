"""What a mailbox consists of, summed up so that two copies can be compared: folders, mails, subscriptions, rules."""

import hashlib
import os
import stat
from collections.abc import AsyncIterable, Iterator
from pathlib import Path

import msgspec

from tenant_agent.moves.duties import Account
from tenant_agent.moves.tool import Tool

_FOLDERS = ("-f", "tab", "mailbox", "status", "messages uidnext uidvalidity guid vsize", "*")
_SUBSCRIPTIONS = ("mailbox", "list", "-s")
_MAILS = ("-f", "tab", "fetch", "uid guid flags mailbox", "mailbox", "*", "ALL")
_MODULUS = 1 << 256
_RECENT = b"\\Recent"
_LARGEST_SCRIPT = 4 << 20


class Census(msgspec.Struct, frozen=True):
    """Two copies of a mailbox are the same if these are."""

    messages: int
    size_bytes: int
    folders: str
    """Name, mails, next UID, UIDVALIDITY and GUID of each folder, digested."""
    mails: str
    """UID, GUID, flags and folder of each mail."""
    subscriptions: str
    rules: str
    """Sieve scripts, and which one is active."""


class Size(msgspec.Struct, frozen=True):
    """How much there is."""

    messages: int
    size_bytes: int


async def size_of(tool: Tool, account: Account) -> Size:
    """Count the mails; raises `ToolFailed`."""
    rows = [row async for row in _folders(tool, account)]
    return Size(sum(int(row[b"messages"]) for row in rows), sum(int(row[b"vsize"]) for row in rows))


async def census_of(tool: Tool, account: Account) -> Census:
    """Look at all of it, in bounded memory; raises `ToolFailed`."""
    size = await size_of(tool, account)
    return Census(
        messages=size.messages,
        size_bytes=size.size_bytes,
        folders=await _digest(_folder_lines(tool, account)),
        mails=await _digest(_mail_lines(tool, account)),
        subscriptions=await _digest(tool.lines(account, *_SUBSCRIPTIONS)),
        rules=_rules(account.home),
    )


def differences(one: Census, other: Census) -> str:
    """Name the parts in which two copies differ; empty if they do not."""
    names = (name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name))
    return ", ".join(name for name in names if name != "size_bytes")


async def _folders(tool: Tool, account: Account) -> AsyncIterable[dict[bytes, bytes]]:
    names: list[bytes] | None = None
    async for line in tool.lines(account, *_FOLDERS):
        fields = line.rstrip(b"\n").split(b"\t")
        if names is None:
            names = fields
        else:
            yield dict(zip(names, fields, strict=True))


async def _folder_lines(tool: Tool, account: Account) -> AsyncIterable[bytes]:
    async for row in _folders(tool, account):
        yield b"\t".join(value for name, value in sorted(row.items()) if name != b"vsize")


async def _mail_lines(tool: Tool, account: Account) -> AsyncIterable[bytes]:
    """A flag that says only which session saw the mail first is none of the mail's own."""
    async for line in tool.lines(account, *_MAILS):
        uid, guid, flags, folder = line.rstrip(b"\n").split(b"\t", 3)
        kept = b" ".join(sorted(flag for flag in flags.split() if flag != _RECENT))
        yield b"\t".join((uid, guid, kept, folder))


async def _digest(lines: AsyncIterable[bytes]) -> str:
    """Digest lines of whatever order: their hashes are summed up."""
    total = 0
    async for line in lines:
        total += int.from_bytes(hashlib.sha256(line).digest(), "big")
    return f"{total % _MODULUS:064x}"


def _rules(home: Path) -> str:
    digest = hashlib.sha256()
    for part in _rule_parts(home):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _rule_parts(home: Path) -> Iterator[bytes]:
    """Read as root what the owner may have written: links are not followed."""
    scripts = home / "sieve"
    for path in sorted(scripts.iterdir() if scripts.is_dir() and not scripts.is_symlink() else ()):
        if path.suffix == ".sieve":
            yield os.fsencode(path.name)
            yield _script(path)
    active = home / ".dovecot.sieve"
    if active.is_symlink():
        yield os.fsencode(active.readlink().name)


def _script(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read(_LARGEST_SCRIPT) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""

"""Tries every operation from everywhere: at one's own things, at others', and at things that never were."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx

from control_plane.accounts.schemas import SCOPES_OF
from control_plane.core import ids
from control_plane.core.auth import covers
from tests.control_plane.documents import Judge
from tests.isolation.operations import Operation
from tests.isolation.places import GRANTED_ROLE, Place, Somebody, World
from tests.isolation.samples import (
    BEFORE,
    BODIES,
    NEEDED_REFERENCES,
    NO_REFERENCES,
    OFFERED,
    REFERENCES,
    THINGS,
    TOO_SOON,
)

_AT_ONCE = 16
_CONFLICT = 409
_LACKS_SCOPE = "This needs the scope"
_INSTANCE = re.compile(r'"instance":"[^"]*"')
_FLEET = "fleet:"
_ROLES: dict[str, frozenset[str]] = dict(SCOPES_OF)  # type: ignore[arg-type]  # by any name


class NotCovered(Exception):
    """The generator needs to be told something."""


class Crossing:
    """Asks as everybody; each check gives its findings as sentences, none when all is well."""

    def __init__(self, client: httpx.AsyncClient, world: World, operations: list[Operation]) -> None:
        self._client = client
        self.world = world
        self.operations = operations
        self._by_id = {operation.id: operation for operation in operations}
        self._bound = asyncio.Semaphore(_AT_ONCE)
        self.cases = 0
        self.made: dict[str, dict[str, str]] = {}
        """What others try to get at, by whose it is and the parameter."""

    # --- Asking -------------------------------------------------------------------------------------------------------

    async def ask(
        self, who: Somebody | None, operation: Operation, values: dict[str, str], body: object = None
    ) -> httpx.Response:
        """Send one request."""
        self.cases += 1
        async with self._bound:
            return await self._client.request(
                operation.method,
                operation.url(values),
                headers=who.headers if who else {},
                json=body if operation.takes_body else None,
            )

    async def make(self, place: Place, parameter: str) -> str:
        """Make a live thing in a place; gives its public id."""
        thing = THINGS.get(parameter)
        if thing is None:
            raise NotCovered(f"say in THINGS of tests/isolation/samples.py how a {{{parameter}}} is made")
        if thing.appear is not None:
            return await thing.appear(self.world.db, place)
        maker = self._by_id.get(thing.made_by or "")
        if maker is None:
            raise NotCovered(f"THINGS of tests/isolation/samples.py: there is no operation {thing.made_by} any more")
        owner = Somebody(name="owner", place=place, key=place.key)
        values = {name: await self.make(place, name) for name in maker.parameters}
        answer = await self.ask(owner, maker, values, await self.body(place, maker))
        if answer.status_code == _CONFLICT and thing.known is not None:
            return thing.known(place)
        if not answer.is_success:
            raise NotCovered(f"{maker.id} does not take its sample in tests/isolation/samples.py: {answer.text}")
        made: str = answer.json()[thing.field]
        return made

    async def body(self, place: Place, operation: Operation) -> dict[str, object] | None:
        """Write a body that a place may send."""
        if not operation.takes_body:
            return None
        if operation.id not in BODIES:
            raise NotCovered(f"add a body for {operation.id} to BODIES of tests/isolation/samples.py")
        needed = NEEDED_REFERENCES.get(operation.id, ())
        return BODIES[operation.id](place) | {name: await self.make(place, REFERENCES[name]) for name in needed}

    async def victims(self, operation: Operation) -> dict[str, str]:
        """Give the owner's things for an address, made once."""
        place = self.world.owner(operation.owner)
        made = self.made.setdefault(operation.owner, {})
        for name in operation.parameters:
            if name not in made:
                made[name] = await self.make(place, name)
        return {name: made[name] for name in operation.parameters}

    # --- Checks -------------------------------------------------------------------------------------------------------

    def gaps(self) -> list[str]:
        """List what the generator must be told before it can cover everything."""
        return [
            f"{operation.id}: {gap} of tests/isolation/samples.py"
            for operation in self.operations
            for gap in _gaps(operation)
        ]

    async def own(self, judge: Judge | None = None) -> list[str]:
        """Everything must work at home, or the other checks would be empty; and answer as it is described."""
        found = []
        for operation in self.operations:
            place = self.world.owner(operation.owner)
            owner = Somebody(name="owner", place=place, key=place.key)
            values = {name: await self.make(place, name) for name in operation.parameters}
            if operation.id in BEFORE:
                earlier = self._by_id[BEFORE[operation.id]]
                await self.ask(owner, earlier, values, await self.body(place, earlier))
            answer = await self.ask(owner, operation, values, await self.body(place, operation))
            if not answer.is_success and operation.id not in TOO_SOON:
                found.append(f"{operation.id}: refused to its owner: {answer.status_code} {answer.text}")
            elif judge is not None:
                found += [f"{operation.id}: {fault}" for fault in _undescribed(operation, answer, judge)]
        return found

    async def prepare(self) -> None:
        """Make what others try to get at, so that lists have something to hide."""
        for operation in self.operations:
            await self.victims(operation)

    async def foreign(self) -> list[str]:
        """What belongs to others must be answered like what never was, and nothing of theirs be shown."""
        await self.prepare()
        return await _all(self._foreign(operation) for operation in self.operations)

    async def _foreign(self, operation: Operation) -> list[str]:
        if operation.changes and not operation.parameters:
            return []  # it names nothing that is foreign, but in its body: see `references`
        values = await self.victims(operation)
        never = {name: _never(name) for name in operation.parameters}
        found = []
        for who in self.world.strangers(operation.owner, below=operation.id not in OFFERED):
            body = await self._body_or_none(who, operation)
            theirs = await self.ask(who, operation, values, body)
            found += self._shown(operation, who, theirs)
            if operation.parameters:
                found += self._alike(operation, who, theirs, await self.ask(who, operation, never, body))
        return found

    async def _body_or_none(self, who: Somebody, operation: Operation) -> object:
        """Write a stranger's body: their own references, if they can have such things, else the bare sample."""
        if who.place.kind == operation.owner and who.acting_for is None:
            return await self.body(who.place, operation)
        return BODIES[operation.id](who.place) if operation.takes_body else None

    def _shown(self, operation: Operation, who: Somebody, answer: httpx.Response) -> list[str]:
        victim = self.world.owner(operation.owner)
        made = self.made.get(operation.owner, {})
        secret = {*victim.marks, *(each for name, each in made.items() if THINGS[name].known is None)}
        if who.place.kind == "agency" and operation.owner == "client":
            secret -= victim.marks  # an agency sees its clients' names
        return [f"{operation.id}: {who.name} is shown {mark}" for mark in secret if mark in answer.text]

    def _alike(self, operation: Operation, who: Somebody, theirs: httpx.Response, never: httpx.Response) -> list[str]:
        wanted = 403 if _lacks_scope(who, operation) else 404
        if theirs.status_code != wanted:
            return [f"{operation.id}: {who.name} gets {theirs.status_code}, not {wanted}: {theirs.text}"]
        if _scrubbed(theirs) != _scrubbed(never):
            return [f"{operation.id}: {who.name} can tell theirs from nothing: {theirs.text} / {never.text}"]
        return []

    async def references(self) -> list[str]:
        """A foreign thing that a body names must be answered like one that never was. Operators know all."""
        named = (each for each in self.operations if each.takes_body and each.owner != "operator")
        return await _all(self._references(operation) for operation in named)

    async def _references(self, operation: Operation) -> list[str]:
        place = self.world.owner(operation.owner)
        owner, found = Somebody(name="owner", place=place, key=place.key), []
        for name in [name for name in operation.body_fields if name in REFERENCES]:
            other = self._somebody_else(REFERENCES[name])
            if other is None:
                continue
            values = {each: await self.make(place, each) for each in operation.parameters}
            body = await self.body(place, operation) or {}
            theirs = await self.ask(owner, operation, values, body | {name: await self.make(other, REFERENCES[name])})
            never = await self.ask(owner, operation, values, body | {name: _never(REFERENCES[name])})
            if theirs.is_success or _scrubbed(theirs) != _scrubbed(never):
                found.append(f"{operation.id}: {name} of somebody else: {theirs.text} / {never.text}")
        return found

    def _somebody_else(self, parameter: str) -> Place | None:
        """Find a place beside the owner's that has such things; there is one operator."""
        if parameter not in THINGS:
            return None
        thing = THINGS[parameter]
        kind = self._by_id[thing.made_by].owner if thing.made_by else thing.owner
        return {"client": self.world.sibling, "agency": self.world.other_agency}.get(kind)

    async def foreign_domains(self) -> list[str]:
        """A foreign domain that a body names must be answered like one that nobody has."""
        found = []
        for operation in self.operations:
            if not operation.takes_body or operation.owner != "client":
                continue
            mine, nobodys = self.world.client, "nobodys-domain.test"
            owner = Somebody(name="owner", place=mine, key=mine.key)
            body = await self.body(mine, operation) or {}
            values = await self.victims(operation)
            texts = []
            for domain in (self.world.other_client.domain, nobodys):
                answer = await self.ask(owner, operation, values, _replaced(body, mine.domain, domain))
                texts.append((answer.status_code, _scrubbed(answer)[1].replace(domain, nobodys)))
            if _replaced(body, mine.domain, nobodys) != body and texts[0] != texts[1]:
                found.append(f"{operation.id}: somebody else's domain shows: {texts}")
        return found

    async def roles(self) -> list[str]:
        """Who lacks the scope must get 403, and who has it must not."""
        return await _all(self._roles(operation) for operation in self.operations)

    async def _roles(self, operation: Operation) -> list[str]:
        place, found = self.world.owner(operation.owner), []
        values = {name: _never(name) for name in operation.parameters}
        body = BODIES[operation.id](place) if operation.takes_body else None
        for name, key in self.world.keys_of(operation.owner).items():
            who = Somebody(name=name, place=place, key=key)
            scopes = _ROLES.get(name, frozenset({name}))
            may = operation.scope is None or covers(scopes, operation.scope)
            if may and operation.changes and not operation.parameters:
                continue  # it would be done: that is what `own` is for
            answer = await self.ask(who, operation, values, body)
            if (_LACKS_SCOPE not in answer.text) != may:
                found.append(f"{operation.id}: {name} gets {answer.status_code}: {answer.text}")
        return found

    async def grants(self) -> list[str]:
        """An agency acts for a client by its grant and as far as it goes, and for nobody else."""
        return await _all(self._grants(operation) for operation in self.operations)

    async def _grants(self, operation: Operation) -> list[str]:
        agency, client, found = self.world.agency, self.world.client, []
        body = BODIES[operation.id](client) if operation.takes_body else None
        values = {name: _never(name) for name in operation.parameters}

        def acting(for_whom: str) -> Somebody:
            return Somebody(name="agency", place=agency, key=agency.key, acting_for=for_whom)

        never = await self.ask(acting(_never("client_id")), operation, values, body)
        for place in (self.world.ungranted, self.world.other_client, self.world.other_agency, self.world.operator):
            refused = await self.ask(acting(place.public_id), operation, values, body)
            if refused.status_code != 404 or _scrubbed(refused) != _scrubbed(never):
                found.append(f"{operation.id}: acting for {place.slug} without a grant: {refused.text}")
        granted = operation.scope is None or covers(_ROLES[GRANTED_ROLE], operation.scope)
        if not granted or (not operation.changes and not operation.parameters):
            answer = await self.ask(acting(client.public_id), operation, values, body)
            none = (404,) if operation.owner != "client" else ()  # of what only agencies have, a client has none
            if answer.status_code not in ((200, *none) if granted else (403,)):
                found.append(f"{operation.id}: acting by a grant as {GRANTED_ROLE}: {answer.status_code} {answer.text}")
        return found

    async def nobody(self) -> list[str]:
        """Without a key there is nothing."""
        found = []
        for operation in self.operations:
            answer = await self.ask(None, operation, await self.victims(operation), {})
            if answer.status_code != 401:
                found.append(f"{operation.id}: answers {answer.status_code} to nobody")
        return found


async def _all(checks: "Iterator[Any]") -> list[str]:
    return [finding for findings in await asyncio.gather(*checks) for finding in findings]


def _undescribed(operation: Operation, answer: httpx.Response, judge: Judge) -> list[str]:
    """List where an answer is not as the document says."""
    content = operation.answers.get(str(answer.status_code), {}).get("content", {})
    if not answer.content or "application/json" not in content:
        return []
    return judge.faults(answer.json(), content["application/json"]["schema"])


def _lacks_scope(who: Somebody, operation: Operation) -> bool:
    """Say whether a stranger with a key for everything is refused before it matters whose thing it is."""
    scope = operation.scope or ""
    if scope.startswith(_FLEET):
        return who.place.kind != "operator"
    return who.acting_for is not None and not covers(_ROLES[GRANTED_ROLE], scope)


def _never(parameter: str) -> str:
    """Make up an id of a thing that never was."""
    prefix = THINGS[parameter].prefix if parameter in THINGS else "ten"
    return ids.encode(prefix, ids.new_uuid())


def _scrubbed(answer: httpx.Response) -> tuple[int, str]:
    """Give an answer without the request's own id."""
    return answer.status_code, _INSTANCE.sub("", answer.text)


def _gaps(operation: Operation) -> Iterator[str]:
    if operation.takes_body and operation.id not in BODIES:
        yield "add a body that is accepted to BODIES"
    for name in operation.parameters:
        if name not in THINGS:
            yield f"say how a {{{name}}} is made in THINGS"
    for name in operation.body_fields:
        if name.endswith(("_id", "_ids")) and name not in REFERENCES and name not in NO_REFERENCES:
            yield f"say what {name} names in REFERENCES, or that it names nothing in NO_REFERENCES"


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(each, old, new) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, old, new) for each in value]
    return value.replace(old, new) if isinstance(value, str) else value

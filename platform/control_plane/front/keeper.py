"""Keeps what HAProxy serves as it should be: on disk first, then in the running process, without dropping a session."""

import datetime as dt
from collections.abc import Iterable, Mapping

import structlog

from control_plane.front.certificates import Bundle, Collection, FrontCertificate, LeftOut, collect, entry
from control_plane.front.changes import Changes, difference
from control_plane.front.configuration import Rights, render
from control_plane.front.default_certificate import default_certificate
from control_plane.front.haproxy import Haproxy
from control_plane.front.layout import Layout, write
from control_plane.front.options import FrontOptions
from control_plane.front.runtime_api import Refused, RuntimeApi
from control_plane.front.shelf import Shelf

_MOST_AT_RUNTIME = 100
"""More changes than these are quicker with a reload."""

_log = structlog.get_logger()


class NoConfiguration(Exception):
    """HAProxy does not take its configuration, and it is no certificate's fault: see the front's settings."""


class Keeper:
    """Brings certificates to HAProxy; what it refuses is left out, named in the log, and harms no other."""

    def __init__(self, options: FrontOptions, layout: Layout, rights: Rights | None) -> None:
        self._options = options
        self._layout = layout
        self._rights = rights
        self._api = RuntimeApi(layout.runtime)
        self.haproxy = Haproxy(layout, self._api)
        self._shelf = Shelf(layout)
        self._served: dict[str, Bundle] = {}
        self._refused: dict[str, Bundle] = {}
        self._told: tuple[LeftOut, ...] = ()

    # --- From nothing to serving -------------------------------------------------------------------------------------

    async def start(self, host: str, now: dt.datetime) -> None:
        """Serve what was served last; raises `NoConfiguration`, `NotServing`."""
        self._layout.prepare()
        self._lay_default(host, now)
        self._served = await self._lay_checked(self._shelf.read())
        await self.haproxy.start()

    async def worker(self) -> int:
        """Give the process that serves now; raises `OSError` while there is none."""
        return await self._api.pid()

    async def restart(self) -> None:
        """Start again after HAProxy ended; raises `NotServing`."""
        await self.haproxy.start()

    def _lay_default(self, host: str, now: dt.datetime) -> None:
        """Keep a certificate that was made here: its clients may have been told to trust it."""
        if self._options.certificate or not self._layout.default.exists():
            write(self._layout.default, default_certificate(self._options, host, now))

    # --- What is wanted ----------------------------------------------------------------------------------------------

    async def keep(self, certificates: Iterable[FrontCertificate]) -> None:
        """Serve these certificates and no others; raises `OSError`, `NotServing`, `NoConfiguration`."""
        wanted = collect(certificates)
        self._tell(wanted)
        usable = self._usable(wanted.bundles)
        changes = difference(self._served, usable)
        if not changes:
            return
        if len(changes) > _MOST_AT_RUNTIME:
            await self._reload_with(usable)
        else:
            await self._change(changes)
        _log.info("certificates were brought in", action="front.brought_in", changes=len(changes), all=len(usable))

    def _usable(self, wanted: Mapping[str, Bundle]) -> dict[str, Bundle]:
        """Leave out what HAProxy has refused; what it served before goes on being served."""
        usable = {file: bundle for file, bundle in wanted.items() if self._refused.get(file) != bundle}
        return usable | {file: self._served[file] for file in wanted.keys() - usable.keys() if file in self._served}

    async def _change(self, changes: Changes) -> None:
        try:
            for bundle in changes.removed:
                await self._remove(bundle)
            for bundle in (*changes.replaced, *changes.added):
                await self._bring_in(bundle, is_new=bundle in changes.added)
        except (Refused, OSError) as error:
            _log.warning("HAProxy is reloaded instead", action="front.reload_instead", error=str(error))
            await self._reload_with(difference_applied(self._served, changes))
            return
        self._shelf.list(self._served.values())

    async def _remove(self, bundle: Bundle) -> None:
        await self._api.remove(self._path(bundle), str(self._layout.listing))
        del self._served[bundle.file]

    async def _bring_in(self, bundle: Bundle, *, is_new: bool) -> None:
        """Serve a certificate and keep it; what HAProxy refuses was not on disk at any time."""
        try:
            if is_new:
                line = entry(bundle, str(self._layout.certificates))
                await self._api.add(self._path(bundle), bundle.pem, str(self._layout.listing), line)
            else:
                await self._api.replace(self._path(bundle), bundle.pem)
        except Refused as error:
            self._refuse(bundle, str(error))
            return
        self._shelf.put(bundle)
        self._served[bundle.file] = bundle

    async def _reload_with(self, wanted: Mapping[str, Bundle]) -> None:
        self._served = await self._lay_checked(wanted)
        await self.haproxy.reload()

    async def keep_default(self, host: str, now: dt.datetime) -> None:
        """Take the installation's own certificate over when its file has changed; raises `OSError`, `Refused`."""
        if not self._options.certificate:
            return
        pem = default_certificate(self._options, host, now)
        if pem != self._layout.default.read_text():
            await self._api.replace(str(self._layout.default), pem)
            write(self._layout.default, pem)

    # --- On disk -----------------------------------------------------------------------------------------------------

    async def _lay_checked(self, wanted: Mapping[str, Bundle]) -> dict[str, Bundle]:
        """Lay configuration and certificates where HAProxy takes them from, without those that it would not take.

        Raises `NoConfiguration`, and then everything lies as it was.
        """
        write(self._layout.candidate, render(self._options, self._layout, self._rights))
        kept = dict(wanted)
        while problem := await self._problem_with(kept):
            named = [bundle for file, bundle in kept.items() if file in problem]
            if not named:
                self._lay(self._served)
                raise NoConfiguration(problem)
            for bundle in named:
                self._refuse(bundle, problem)
                self._put_back(kept, bundle)
        self._layout.candidate.replace(self._layout.configuration)
        return kept

    async def _problem_with(self, bundles: Mapping[str, Bundle]) -> str:
        self._lay(bundles)
        return await self.haproxy.check(self._layout.candidate)

    def _lay(self, bundles: Mapping[str, Bundle]) -> None:
        for bundle in bundles.values():
            self._shelf.put(bundle)
        self._shelf.list(bundles.values())

    def _put_back(self, kept: dict[str, Bundle], refused: Bundle) -> None:
        """Go on with the one that was served until now, if there was another."""
        former = self._served.get(refused.file, refused)
        del kept[refused.file]
        if former != refused:
            kept[former.file] = former

    def _refuse(self, bundle: Bundle, reason: str) -> None:
        self._refused[bundle.file] = bundle
        _log.error("a certificate is left out", action="front.left_out", names=bundle.hosts, reason=reason[:500])

    def _path(self, bundle: Bundle) -> str:
        return str(self._layout.certificates / bundle.file)

    def _tell(self, wanted: Collection) -> None:
        """Log what is left out once, and not with every look."""
        for each in wanted.left_out:
            if each not in self._told:
                _log.error("a certificate is left out", action="front.left_out", names=each.names, reason=each.reason)
        self._told = wanted.left_out


def difference_applied(served: Mapping[str, Bundle], changes: Changes) -> dict[str, Bundle]:
    """Give what is to be served once all changes are made, however many of them are already."""
    gone = {bundle.file for bundle in changes.removed}
    after = {file: bundle for file, bundle in served.items() if file not in gone}
    return after | {bundle.file: bundle for bundle in (*changes.replaced, *changes.added)}

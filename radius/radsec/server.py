"""The RADIUS server over TLS: one listening socket, one loop, one connection to the recorder."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hotspots.access_points.radius_versions import RadiusVersions
from hotspots.access_points.transports import RADSEC
from hotspots.database import Database
from hotspots.logins.travel import USUAL, Travel
from radius.callers import Callers
from radius.coa_client import CoaClient
from radius.noticing import Noticing
from radius.port import Show
from radius.radsec.asking import Asking
from radius.radsec.connections import Connections
from radius.radsec.context import Material, make_context, read_material
from radius.radsec.listener import Listener
from radius.service import Keys, Service

_LOOK_SECONDS: Final = 0.25
_REST_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class RadSecServer(Service):
    """Answers RADIUS over TLS, from :meth:`start` to :meth:`stop`, in the running loop.

    A new certificate of the server is taken over while it runs; until there is one nobody is let in.
    """

    def __init__(
        self,
        database: Database,
        key: Keys,
        recorder: Path,
        *,
        versions: RadiusVersions = RadiusVersions.EITHER,
        show: Show | None = None,
        hashers: int = 1,
        reject_delay_seconds: float = 0.0,
        travel: Travel = USUAL,
    ) -> None:
        super().__init__(
            *(database, key, recorder),
            show=show,
            hashers=hashers,
            reject_delay_seconds=reject_delay_seconds,
            travel=travel,
        )
        self._versions = versions
        self._material: Material | None = None

    async def start(self, listening: socket.socket) -> None:
        """Read the database, and accept connections when this returns.

        Raises:
            SQLAlchemyError: The database cannot be read.
            HotspotsError: The key of the server was sealed under another secret key.
        """
        await self.load()
        self.connections = Connections(self.directory, self._versions)
        callers = Callers(self.directory)
        self._noticing = Noticing(self._database, callers, self.executor)
        self._asking = Asking(self.connections, callers, CoaClient(show=self._show), self._show)
        self.begin([self.connections] * 2, [self.connections] * 2, self._asking, self._asking)
        self.observe(RADSEC, self._noticing)
        self.connections.open(self.auth.received, self.acct.received, self._asking.heard)
        self._listener = Listener(listening, self.connections)
        self._certificates = self.directory.certificates
        await self._take_certificate()
        if self._listener.context is None:
            _log.warning("nobody is let in: there is no certificate; run: hotspots certificate server NAME")
        self._following = asyncio.create_task(self._follow_certificate(), name="certificate")
        self._listener.open()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._listener.port

    async def stop(self) -> None:
        """Let nobody in, write down and answer what waits, and close all connections."""
        self._following.cancel()
        await self._listener.close()
        self.connections.shut()
        await self._noticing.stop()
        await self.finish()
        await self.connections.close()

    async def _follow_certificate(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self.directory.certificates is self._certificates:
                continue
            changed = self.directory.certificates
            try:
                await self._take_certificate()
                self._certificates = changed
            except Exception:
                _log.exception("the certificate of the server cannot be read; the one before stays")
                await asyncio.sleep(_REST_SECONDS)

    async def _take_certificate(self) -> None:
        loop = asyncio.get_running_loop()
        material, context = await loop.run_in_executor(self.executor, self._read_certificate)
        if material != self._material:
            self._material, self._listener.context = material, context

    def _read_certificate(self) -> tuple[Material | None, ssl.SSLContext | None]:
        material = read_material(self._database, datetime.now(UTC))
        if material is None or material == self._material:
            return material, None
        return material, make_context(material, self._versions)

"""The portal on a real port, as browsers reach it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from captive_portal.app import create_app, utc_now
from hotspots.settings import Settings


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve on a free port of 127.0.0.1, which becomes the portal's base URL; gives that."""
    # The socket comes first: the portal's own address is part of what a gateway signs.
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    server.app = create_app(settings.model_copy(update={"portal_base_url": base}), utc_now)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

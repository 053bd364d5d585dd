"""FreeRADIUS 3.2 as Debian packages it, in the part that a test gives it: proxy in front, EAP server, a NAS that
takes CoA. It runs with ``-X``, so that what it received and thought of it stands in its log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.radius.peers import program
from tests.radius.peers.program import Program

_CONFIGURATION = """
prefix = /usr
name = freeradius
raddbdir = "{folder}"
confdir = ${{raddbdir}}
logdir = "{folder}"
run_dir = "{folder}"
db_dir = "{folder}"
libdir = /usr/lib/freeradius
max_request_time = 30
cleanup_delay = 5
hostname_lookups = no
proxy_requests = yes
log {{
	destination = stdout
}}
security {{
	max_attributes = 200
	reject_delay = 0
	status_server = yes
}}
{clients}
{proxy}
modules {{
	pap {{
	}}
	chap {{
	}}
	always ok {{
		rcode = ok
	}}
	always reject {{
		rcode = reject
	}}
{modules}
}}
{servers}
"""


def client(address: str, secret: bytes) -> str:
    """A client that FreeRADIUS takes packets from."""
    return f'client c{address.replace(".", "_")} {{\n\tipaddr = {address}\n\tsecret = "{secret.decode()}"\n}}\n'


def listener(kind: str, port: int, address: str = "127.0.0.1") -> str:
    """A socket of ``type`` auth, acct or coa."""
    return f"\tlisten {{\n\t\ttype = {kind}\n\t\tipaddr = {address}\n\t\tport = {port}\n\t}}\n"


def proxy_to(ports: Mapping[str, int], secret: bytes, source: str) -> str:
    """The realm ``ours``, whose home servers are asked with Status-Server whether they live.

    ``ports`` has those of ``auth`` and ``acct``; the address that FreeRADIUS sends from is ``source``.
    """
    text = "proxy server {\n\tdefault_fallback = no\n}\n"
    for kind, port in ports.items():
        text += (
            f"home_server ours_{kind} {{\n\ttype = {kind}\n\tipaddr = 127.0.0.1\n\tport = {port}\n"
            f'\tsecret = "{secret.decode()}"\n\tsrc_ipaddr = {source}\n\tresponse_window = 3\n'
            "\tzombie_period = 20\n\tstatus_check = status-server\n\tcheck_interval = 6\n"
            "\tcheck_timeout = 2\n\tnum_answers_to_alive = 3\n\trevive_interval = 60\n}\n"
            f"home_server_pool ours_{kind} {{\n\ttype = fail-over\n\thome_server = ours_{kind}\n}}\n"
        )
    pools = "".join(f"\t{kind}_pool = ours_{kind}\n" for kind in ports)
    return text + f"realm ours {{\n{pools}\tnostrip\n}}\n"


@contextmanager
def running(
    folder: Path,
    *,
    clients: str,
    servers: str,
    proxy: str = "",
    modules: str = "",
    before: Sequence[str] = (),
) -> Iterator[Program]:
    """FreeRADIUS, ready; ``before`` stands before the command (that of a network namespace)."""
    folder.mkdir(mode=0o700)
    text = _CONFIGURATION.format(folder=folder, clients=clients, proxy=proxy, modules=modules, servers=servers)
    configuration = folder / "radiusd.conf"
    configuration.write_text(text)
    configuration.chmod(0o600)
    command = ["freeradius", "-X", "-d", str(folder)]
    ready = "Ready to process requests"
    with program.running("freeradius", command, folder / "output.log", ready, before) as server:
        yield server

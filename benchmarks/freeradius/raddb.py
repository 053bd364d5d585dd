"""Writes the configuration folder of one set-up: lean from our templates, or Debian's own with SQL switched on."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from benchmarks.freeradius.setups import Setup, Store
from benchmarks.population import Population

DEBIAN: Final = Path("/etc/freeradius/3.0")
MODULES: Final = Path("/usr/lib/freeradius")
# What our own server gives under the plan od-2018: time, idle time, accounting interval and the two rates.
REPLY: Final = (
    ("Session-Timeout", 14_400),
    ("Idle-Timeout", 1_200),
    ("Acct-Interim-Interval", 300),
    ("WISPr-Bandwidth-Max-Down", 10_000_000),
    ("WISPr-Bandwidth-Max-Up", 5_000_000),
)
# 3.2.1 signs no Access-Accept and no Access-Reject by itself.
_SIGN_REPLY = "\tupdate reply {\n\t\t&Message-Authenticator := 0x00\n\t}"
_SIGNED_SECTIONS = ("post-auth {", "\tPost-Auth-Type REJECT {")

_TEMPLATES = Environment(  # noqa: S701 - FreeRADIUS' language, not HTML
    loader=PackageLoader("benchmarks.freeradius"), undefined=StrictUndefined, keep_trailing_newline=True
)


@dataclass(frozen=True, slots=True)
class PostgresqlLogin:
    """How rlm_sql_postgresql reaches its database on 127.0.0.1."""

    port: int
    user: str
    password: str
    database: str

    def __repr__(self) -> str:
        return f"PostgresqlLogin({self.user}@127.0.0.1:{self.port}/{self.database})"


@dataclass(frozen=True, slots=True)
class Raddb:
    """All that goes into a configuration folder. The port of the inner tunnel is only for EAP."""

    setup: Setup
    folder: Path
    population: Population
    auth_port: int
    acct_port: int
    inner_port: int
    sqlite_file: Path
    postgresql: PostgresqlLogin | None

    def write(self) -> None:
        """Write the folder.

        Raises:
            RuntimeError: Debian's file does not look as expected, so that an edit found nothing to change.
        """
        if self.setup.stock:
            self._copy_stock()
        else:
            self.folder.mkdir(mode=0o700)
            self._render("radiusd.conf", "radiusd.conf")
        self._render("clients.conf", "clients.conf")
        if self.setup.store is Store.FILES:
            self._render("users", "users")
        else:
            self._render("sql.conf", "mods-enabled/sql" if self.setup.stock else "sql.conf")

    def _render(self, template: str, name: str) -> None:
        text = _TEMPLATES.get_template(f"{template}.j2").render(
            setup=self.setup,
            folder=self.folder,
            debian=DEBIAN,
            modules=MODULES,
            reply=REPLY,
            auth_port=self.auth_port,
            acct_port=self.acct_port,
            access_points=self.population.access_points,
            codes=self.population.codes,
            sqlite_file=self.sqlite_file,
            postgresql=self.postgresql,
        )
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)

    def _copy_stock(self) -> None:
        """Debian's configuration; changed are folder, user, addresses, and the Message-Authenticator in replies."""
        shutil.copytree(DEBIAN, self.folder, symlinks=True)
        _edit(
            self.folder / "radiusd.conf",
            (r"^raddbdir = .*$", f"raddbdir = {self.folder}"),
            (r"^logdir = .*$", f"logdir = {self.folder}"),
            (r"^run_dir = .*$", f"run_dir = {self.folder}"),
            (r"^\tuser = .*$", ""),
            (r"^\tgroup = .*$", ""),
        )
        ports = iter((self.auth_port, self.acct_port) * 2)
        site = self.folder / "sites-available" / "default"
        _edit(site, (r"^\tipaddr = \*", "\tipaddr = 127.0.0.1"), (r"^\tipv6addr = ::", "\tipv6addr = ::1"))
        _edit(site, *((f"^{re.escape(section)}$", f"{section}\n{_SIGN_REPLY}") for section in _SIGNED_SECTIONS))
        site.write_text(re.sub(r"(?m)^\tport = 0$", lambda _: f"\tport = {next(ports)}", site.read_text()))
        _edit(self.folder / "sites-available" / "inner-tunnel", (r"port = 18120", f"port = {self.inner_port}"))


def _edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text()
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement.replace("\\", r"\\"), text, flags=re.MULTILINE)
        if not count:
            raise RuntimeError(f"{path} has no line {pattern}: another FreeRADIUS than 3.2?")
    path.write_text(text)

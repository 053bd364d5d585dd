"""Lighthouse as Google publishes it, from the npm registry, in the Chromium that all tests use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.captive_portal.conftest import CHROMIUM

_START_SECONDS = 90
PACKAGE = Path(__file__).parent / "package.json"
# Beside the Python packages of the tests: it is made anew with them, and Git does not see it.
FOLDER = Path(sys.prefix) / "lighthouse"


@dataclass(frozen=True)
class Report:
    """Scores from 0 to 100 by category, what was not perfect, and how much was loaded with how many requests."""

    scores: dict[str, int]
    imperfect: list[str]
    requests: list[str]
    transferred_octets: int


def installed() -> Path:
    """The command; it is installed where it is missing or another version than package.json names.

    Raises:
        AssertionError: npm or node is missing.
    """
    for program in ("node", "npm"):
        assert shutil.which(program), f"{program} is missing: apt-get install nodejs npm"
    mark = FOLDER / "package.json"
    command = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not command.exists() or mark.read_bytes() != PACKAGE.read_bytes():
        FOLDER.mkdir(exist_ok=True)
        shutil.copyfile(PACKAGE, mark)
        options = ("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        subprocess.run(["npm", "install", *options], cwd=FOLDER, check=True, timeout=300)
    return command


def audit(url: str, folder: Path) -> Report:
    """One look at the page as Lighthouse's phone sees it: a slow processor on a slow line (its own throttling)."""
    found = folder / "lighthouse.json"
    with _browser(folder / "profile") as port:
        command = [
            *("node", str(installed()), url, "--quiet", "--output=json", f"--output-path={found}"),
            *("--only-categories=accessibility,performance", f"--port={port}"),
        ]
        environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
        subprocess.run(command, env=environment, check=True, timeout=180, cwd=folder)
    return _read(json.loads(found.read_text()))


@contextmanager
def _browser(profile: Path) -> Iterator[int]:
    """A new Chromium, and the port that it takes orders on; Lighthouse itself has no patience with a slow start."""
    options = ("--headless=new", "--no-sandbox", "--disable-background-networking", "--remote-debugging-port=0")
    command = [str(CHROMIUM), *options, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        said = profile / "DevToolsActivePort"  # Chromium writes it once it listens
        deadline = time.monotonic() + _START_SECONDS
        while not said.exists() or not said.read_text().strip():
            assert process.poll() is None, f"Chromium ended with {process.returncode}"
            assert time.monotonic() < deadline, "Chromium does not start"
            time.sleep(0.05)
        yield int(said.read_text().split()[0])
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(profile, ignore_errors=True)


def _read(report: dict[str, object]) -> Report:
    categories, audits = report["categories"], report["audits"]
    assert isinstance(categories, dict)
    assert isinstance(audits, dict)
    requests = [each for each in audits["network-requests"]["details"]["items"] if each["url"].startswith("http")]
    return Report(
        {name: round(100 * each["score"]) for name, each in categories.items()},
        [
            f"{each['id']}: {each['title']}"
            for each in audits.values()
            if each["score"] is not None and each["score"] < 0.9 and each["scoreDisplayMode"] != "informative"
        ],
        [each["url"] for each in requests],
        sum(each["transferSize"] for each in requests),
    )

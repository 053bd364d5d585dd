"""The dashboards on a real database with two gminas, and desks to use them from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from pydantic import SecretStr

from hotspots.database import Database
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town, build


@pytest.fixture
def town(network: Database, secret_key: SecretStr) -> Town:
    return build(network, secret_key)


@pytest.fixture
def desk(app: Flask, town: Town) -> Desk:
    return Desk(app, town.passwords)


@pytest.fixture
def desk_of(app: Flask, town: Town) -> Callable[[str], Desk]:
    """A desk of its own for somebody who has signed in."""

    def seated(name: str) -> Desk:
        desk = Desk(app, town.passwords)
        desk.sign_in(name)
        assert desk.path == "/staff/"
        return desk

    return seated

"""What programs may ask, as it is described: Schemathesis makes up requests, right ones and wrong ones."""

from __future__ import annotations

import re

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.captive_portal.test_accessibility import database as one_database

database = one_database
_NOT_FOR_PROGRAMS = re.compile(r"^/(staff|static)/")


@pytest.fixture
def described(app: Flask) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.mark.parametrize("operation", ["captivePortal", "health"])
def test_every_answer_is_as_described(described: schemathesis.BaseSchema, operation: str) -> None:
    found = {each.ok().definition.raw["operationId"]: each.ok() for each in described.get_all_operations()}

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=found[operation].as_strategy() | found[operation].as_strategy(GenerationMode.NEGATIVE))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate()

    ask()


def test_everything_that_answers_in_json_is_described(app: Flask, described: schemathesis.BaseSchema) -> None:
    found = set()
    with app.test_client() as client:
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or _NOT_FOR_PROGRAMS.match(rule.rule):
                continue
            response = client.get(re.sub(r"<[^>]+>", "x", rule.rule))
            if "json" in (response.mimetype or ""):
                found.add(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
    assert found - {"/api/openapi.json"} == set(described.raw_schema["paths"])

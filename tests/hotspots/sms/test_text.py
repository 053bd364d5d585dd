"""The texts of messages, and the numbers that they go to."""

from __future__ import annotations

import pytest

from hotspots.residents import phone
from hotspots.sms.text import is_one_part, of_code


@pytest.mark.parametrize("language", ["pl", "en", "uk", "de", "xx"])
def test_a_code_is_one_part_in_each_language(language: str) -> None:
    text = of_code("123456", 10, language)
    assert is_one_part(text)
    assert "123456" in text
    assert "10" in text


@pytest.mark.parametrize("text", ["Ważny", "x" * 161, "a {b}", "a^b", "Код"])
def test_what_would_cost_more_is_known(text: str) -> None:
    assert not is_one_part(text)


@pytest.mark.parametrize(
    "typed",
    ["600100200", "600 100 200", "+48 600-100-200", "0048600100200", " (48) 600100200 ".replace("(48)", "+48")],
)
def test_a_polish_mobile_number_is_taken_however_it_is_typed(typed: str) -> None:
    assert phone.normalise(typed, ["PL"]) == "+48600100200"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "12345",
        "814430000",  # a telephone on a desk in Lublin
        "700123456",  # costs whoever calls
        "+380501112233",
        "+882 16 1234 5678",
        "600100200;ext=5",
        "6" * 200,
    ],
)
def test_no_code_goes_elsewhere(typed: str) -> None:
    assert phone.normalise(typed, ["PL"]) is None


def test_other_countries_are_served_where_the_settings_name_them() -> None:
    assert phone.normalise("+380 50 111 22 33", ["PL", "UA"]) == "+380501112233"

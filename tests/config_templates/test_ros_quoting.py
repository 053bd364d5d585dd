"""RouterOS' quoting: what goes in comes out, read by the inverse and by a reader of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from config_templates.errors import ConfigError
from config_templates.mikrotik import quoting
from tests.config_templates import ros_reader
from tests.config_templates.intents import HOSTILE

carried = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text(
    st.sampled_from('"\\$?\n\r\t 0AF[];\u0142')
)


def read_back(value: str) -> str:
    return ros_reader.read(f"/menu set x={quoting.quote(value, 'field')}\n")[0].arguments["x"]


@given(carried)
def test_the_inverse_gives_the_value_back(value: str) -> None:
    assert quoting.unquote(quoting.quote(value, "field")) == value


@given(carried)
def test_a_reader_of_the_script_sees_exactly_the_value(value: str) -> None:
    assert read_back(value) == value


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_come_out_as_they_went_in(value: str) -> None:
    assert read_back(value) == value


@given(carried)
def test_a_quoted_value_is_one_line_of_printable_ascii(value: str) -> None:
    quoted = quoting.quote(value, "field")
    assert all(" " <= character <= "~" for character in quoted)


def test_escapes_are_the_documented_ones() -> None:
    assert quoting.quote('a  "b" \\ $c ?\nł', "ssid") == r'"a  \"b\" \\ \$c \3F\0A\C5\82"'


def test_a_zero_octet_is_refused_without_repeating_the_secret() -> None:
    with pytest.raises(ConfigError) as caught:
        quoting.quote(SecretStr("hush\0hush"), "/radius secret")
    assert caught.value.field == "/radius secret"
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("word", ["a b", "", "a;b", "$x", "[x]", "a\n"])
def test_a_word_of_our_own_that_needs_quotes_is_a_mistake(word: str) -> None:
    with pytest.raises(ConfigError, match="without quotes"):
        quoting.quote(quoting.Word(word), "field")


@pytest.mark.parametrize("text", ["bare", '"open', '"$x"', '"a"b"', r'"\zz"'])
def test_the_inverse_refuses_what_quote_never_writes(text: str) -> None:
    with pytest.raises(ValueError, match="no RouterOS string"):
        quoting.unquote(text)


@pytest.mark.parametrize("name", ["", "A", "a b", "a=", "a\n"])
def test_names_of_properties_are_narrow(name: str) -> None:
    with pytest.raises(ConfigError):
        quoting.name(name)

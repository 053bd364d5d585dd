"""UCI's quoting: what goes in comes out, read by the inverse and by a reader of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from config_templates.errors import ConfigError
from config_templates.openwrt import quoting
from tests.config_templates import uci_reader
from tests.config_templates.intents import HOSTILE

carried = st.text(st.characters(exclude_categories=["Cs", "Cc"])) | st.text(
    st.sampled_from("'\\\"$` #a;\u0142\u2028")
)
control = st.sampled_from([*map(chr, range(0x20)), "\x7f"])


@given(carried)
def test_the_inverse_gives_the_value_back(value: str) -> None:
    assert quoting.unquote(quoting.quote(value, "field")) == value


@given(carried)
def test_a_reader_of_uci_sees_exactly_the_value(value: str) -> None:
    line = f"\toption ssid {quoting.quote(value, 'field')}"
    assert uci_reader.split(line) == ["option", "ssid", value]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_come_out_as_they_went_in(value: str) -> None:
    assert uci_reader.split(quoting.quote(value, "field")) == [value]


def test_blanks_in_a_row_stay() -> None:
    assert quoting.quote("a    b", "ssid") == "'a    b'"


def test_a_single_quote_is_written_as_uci_itself_writes_it() -> None:
    assert quoting.quote("it's", "ssid") == r"'it'\''s'"


@given(carried, control, carried)
def test_control_characters_are_refused_by_the_name_of_the_field(before: str, character: str, after: str) -> None:
    with pytest.raises(ConfigError) as caught:
        quoting.quote(before + character + after, "wireless.hotspot0.ssid")
    assert caught.value.field == "wireless.hotspot0.ssid"


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="Unicode"):
        quoting.quote("\ud800", "ssid")


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        quoting.quote(SecretStr("hush\nhush"), "chilli.hotspot.radiussecret")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("text", ["bare", "'open", "'a'b", "''' "])
def test_the_inverse_refuses_what_quote_never_writes(text: str) -> None:
    with pytest.raises(ValueError, match="no UCI value"):
        quoting.unquote(text)


@pytest.mark.parametrize("name", ["", "a-b", "a b", "a'b", "zażółć", "a\n"])
def test_names_of_sections_and_options_are_narrow(name: str) -> None:
    with pytest.raises(ConfigError, match="letters, digits and underscores"):
        quoting.name(name)


def test_a_type_may_hold_a_hyphen() -> None:
    assert quoting.section_type("wifi-device") == "wifi-device"
    with pytest.raises(ConfigError):
        quoting.section_type("wifi device")

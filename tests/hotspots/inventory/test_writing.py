from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

import hotspots
from hotspots.inventory.reading import read_text
from hotspots.inventory.writing import canonical, header_of, to_text
from tests.hotspots.inventory.text import SMALL, changed

EXAMPLE = Path(hotspots.__file__).parent / "example" / "powiat-lubelski.yaml"


def test_a_file_in_canonical_form_comes_back_byte_by_byte() -> None:
    for text in (SMALL, EXAMPLE.read_text(encoding="utf-8")):
        assert to_text(read_text(text, "file"), header=header_of(text)) == text


def test_order_and_spelling_do_not_matter() -> None:
    inventory = read_text(SMALL, "file")
    powiat, gmina = inventory.authorities
    turned = inventory.model_copy(
        update={"authorities": [gmina.model_copy(update={"hotspots": gmina.hotspots[::-1]}), powiat]}
    )
    assert to_text(turned) == to_text(inventory)
    spelled = changed(
        "            address: 127.0.1.1\n", "            address: 127.0.1.1/32\n            coa_port: 3799\n"
    )
    assert read_text(spelled, "file") == inventory


def test_the_header_is_the_comment_before_everything_else() -> None:
    assert header_of(SMALL) == "# The network of a test.\n\n"
    assert header_of("plans: []\n# later\n") == ""
    assert header_of("") == ""


def test_secrets_are_written_on_request_only() -> None:
    text = changed("nas_identifier: gm-02", "nas_identifier: gm-02\n            secret: 'tajne: 1'")
    inventory = read_text(text, "file")
    assert "tajne" not in to_text(inventory)
    assert "tajne" not in repr(inventory)
    assert read_text(to_text(inventory, show_secrets=True), "file") == canonical(inventory)


@given(
    name=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60
    ),
    ssid=st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    secret=st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), min_size=1, max_size=80),
)
def test_any_text_comes_back_as_it_was(name: str, ssid: str, secret: str) -> None:
    inventory = read_text(SMALL, "file")
    powiat, gmina = inventory.authorities
    square, office = gmina.hotspots
    access_point = office.access_points[0].model_copy(update={"secret": SecretStr(secret)})
    if not name.strip() or not name.isprintable() or not ssid.isprintable():
        return
    hotspots = [
        square.model_copy(update={"name": name.strip(), "ssid": ssid}),
        office.model_copy(update={"access_points": [access_point]}),
    ]
    hostile = inventory.model_copy(
        update={"authorities": [powiat, gmina.model_copy(update={"hotspots": hotspots})]}
    )
    assert read_text(to_text(hostile, show_secrets=True), "file") == hostile

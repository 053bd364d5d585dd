"""Forms, as a browser would find them."""

from __future__ import annotations

from monitoring.synthetic.forms import read_page

PAGE = """<!doctype html><html><head><title>Wejdź &amp;
  zostań – Public Wi-Fi</title></head><body><h1>Urząd Gminy</h1>
<form method="get" action="/language"><input type="hidden" name="lang" value="en"><button>English</button></form>
<form METHOD="post" action="/enter"><input type=hidden name=visit value="a&amp;b">
<input type="checkbox" name="terms" value="1" required><input type="checkbox" name="news">
<button class="first" name="go" value="now">Połącz</button></form>
<form method="post" action="/voucher"><input type="hidden" name="visit" value="a&amp;b">
<input id="code" name="code" value="" required><button>Połącz</button></form>
<input name="outside"></body>"""


def test_the_tap_is_the_form_that_needs_nothing_typed() -> None:
    tap = read_page(PAGE).tap

    assert tap is not None
    assert (tap.action, tap.fields) == ("/enter", {"visit": "a&b", "terms": "1", "go": "now"})


def test_the_voucher_is_the_form_that_wants_one_thing() -> None:
    voucher = read_page(PAGE).voucher

    assert voucher is not None
    assert (voucher.action, voucher.fields, voucher.typed) == ("/voucher", {"visit": "a&b"}, ["code"])


def test_the_title_says_what_page_it_is() -> None:
    assert read_page(PAGE).title == "Wejdź & zostań"


def test_a_page_without_forms_has_none() -> None:
    page = read_page("<p>Proxy error")

    assert (page.tap, page.voucher, page.title) == (None, None, "")

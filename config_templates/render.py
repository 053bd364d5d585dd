"""From an intent to text: the makes that have templates, and the one environment that renders them."""

import functools
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config_templates.errors import NoTemplatesError
from config_templates.intent import AccessPointIntent
from config_templates.mikrotik import files as mikrotik
from config_templates.mikrotik import quoting as ros
from config_templates.openwrt import files as openwrt
from config_templates.openwrt import quoting as uci
from config_templates.openwrt import radsecproxy
from config_templates.source import Source

_MAKES: dict[str, Callable[[AccessPointIntent], tuple[Source, ...]]] = {
    "mikrotik": mikrotik.sources,
    "openwrt": openwrt.sources,
}
MAKES = tuple(_MAKES)


def render(intent: AccessPointIntent) -> dict[str, str]:
    """The files of one access point: relative path on the device -> text, the same bytes for the same intent.

    The text holds the access point's secrets.

    Raises:
        NoTemplatesError: There are no templates for its make or gateway.
        ConfigError: The make's language cannot carry a value; names the field.
    """
    build = _MAKES.get(intent.make)
    if build is None:
        raise NoTemplatesError(
            "make", f"there are no templates for {intent.make}; there are for {', '.join(MAKES)}"
        )
    return {source.path: _text(source) for source in build(intent)}


def _text(source: Source) -> str:
    return _environment().get_template(source.template).render(source.data)


@functools.cache
def _environment() -> Environment:
    # Not HTML but configuration languages: each value passes its language's own filter, in the template.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML; where there is, the template escapes
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {
        "uci_value": uci.quote,
        "uci_name": uci.name,
        "uci_type": uci.section_type,
        "radsecproxy_secret": radsecproxy.quote,
        "ros_value": ros.quote,
        "ros_name": ros.name,
    }
    return environment

"""What is wrong with an access point as a RADIUS client, in a sentence for each fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from hotspots.security.card import Disconnect, Fault

FAULTS: Final[Mapping[Fault, LazyString]] = {
    Fault.NEVER_HEARD: lazy_gettext("It has never been heard, so nothing is known of it."),
    Fault.UNSIGNED: lazy_gettext(
        "It sends logins without a signature, and an attacker on the line can forge the answers (CVE-2024-3596)."
    ),
    Fault.SIGNATURE_NOT_DEMANDED: lazy_gettext(
        "Logins without a signature would be taken from it; demand one as soon as it sends them."
    ),
    Fault.SECRET_SHORT: lazy_gettext(
        "Its secret has fewer than 16 characters, and can be guessed from its packets."
    ),
    Fault.SECRET_WEAK: lazy_gettext("Its secret has fewer than 22 characters."),
    Fault.SECRET_OLD: lazy_gettext("Its secret is older than two years."),
    Fault.UNENCRYPTED: lazy_gettext(
        "What it says goes over the line in clear, names and addresses of devices among it; RADIUS over TLS hides them."
    ),
    Fault.CLASS_NOT_ECHOED: lazy_gettext(
        "Its reports do not carry what we gave to the session, so a session may be taken for another one."
    ),
    Fault.NO_OCTETS: lazy_gettext("Most of its sessions tell of no data, so data limits cannot be kept."),
    Fault.OCTETS_REVERSED: lazy_gettext("It seems to tell up and down the wrong way round."),
    Fault.DISCONNECT_BELIED: lazy_gettext(
        "It says that it disconnects, and the sessions go on: limits are not kept there."
    ),
    Fault.DISCONNECT_UNANSWERED: lazy_gettext(
        "It does not answer when it is told to disconnect: limits are not kept there."
    ),
    Fault.DISCONNECT_REFUSED: lazy_gettext("It refuses to disconnect a session."),
    Fault.DISCONNECT_UNTRIED: lazy_gettext("It is not proved yet that it disconnects when it is told to."),
    Fault.CLOCK_OFF: lazy_gettext("Its clock is off by more than a minute."),
    Fault.CLOCK_WRONG: lazy_gettext("Its clock is off by more than five minutes."),
}

DISCONNECTS: Final[Mapping[Disconnect, LazyString]] = {
    Disconnect.PROVED: lazy_gettext("proved"),
    Disconnect.BELIED: lazy_gettext("acknowledged, and not done"),
    Disconnect.REFUSED: lazy_gettext("refused"),
    Disconnect.UNANSWERED: lazy_gettext("not answered"),
    Disconnect.UNTRIED: lazy_gettext("not tried yet"),
}

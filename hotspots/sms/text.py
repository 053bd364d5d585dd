"""The texts of messages: ASCII, one part."""

from __future__ import annotations

import string
from typing import Final

MOST_SEPTETS: Final = 160
"""What one message holds in the GSM 7-bit alphabet; one letter outside of it, and it is 70 (3GPP TS 23.038, 23.040)."""

_ONE_SEPTET: Final = frozenset(string.ascii_letters + string.digits + " \n\r@$_!\"#%&'()*+,-./:;<=>?")
"""ASCII that is in the basic table; of the rest, brackets, braces, ``\\ ^ | ~`` take two septets."""

_CODES: Final = {
    "pl": "Kod do publicznego Wi-Fi: {code}. Wazny {minutes} minut. Nikomu go nie podawaj.",
    "en": "Code for the public Wi-Fi: {code}. Good for {minutes} minutes. Tell it to nobody.",
    "uk": "Kod dlia Wi-Fi: {code}. Diie {minutes} khvylyn. Nikomu yoho ne povidomliaite.",
    "de": "Code fuer das oeffentliche WLAN: {code}. Gilt {minutes} Minuten. Sagen Sie ihn niemandem.",
}


def is_one_part(text: str) -> bool:
    """Whether it is sent, and paid for, as one message, with whatever alphabet the provider chooses."""
    return len(text) <= MOST_SEPTETS and _ONE_SEPTET.issuperset(text)


def of_code(code: str, minutes: int, language: str) -> str:
    """The message with a code, in the reader's language without its marks."""
    return _CODES.get(language, _CODES["en"]).format(code=code, minutes=minutes)

"""Mobile phone numbers as residents type them, in one form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

HOME: Final = "PL"
"""What a number without a country code is one of."""

EVERYWHERE: Final = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""All countries."""

_MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normalise(typed: str, regions: Collection[str]) -> str | None:
    """The number in the form of E.164 (``+48600100200``); None where no code by SMS would be sent to it.

    ``regions`` are the countries that are served (ISO 3166): numbers that cost a lot are the bait of fraud with codes.
    """
    try:
        number = phonenumbers.parse(typed, HOME)
    except NumberParseException:
        return None
    if number.extension or phonenumbers.region_code_for_number(number) not in regions:
        return None
    if phonenumbers.number_type(number) not in _MOBILE:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)

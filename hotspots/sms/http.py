"""One request to a provider over HTTPS, and its answer as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from hotspots.sms.provider import SmsUnknown

TIMEOUT_SECONDS: Final = 8.0


def post(provider: str, url: str, headers: Mapping[str, str], **body: Any) -> dict[str, Any]:
    """The object that the provider answers, whatever the status: errors may come with 200, and details with 4xx.

    Args:
        provider: Its name, for errors.
        url: Where to; no redirect is followed, since the request has a secret in it.
        headers: With the credential.
        body: ``data`` (a form) or ``json``, as httpx has them.

    Raises:
        SmsUnknown: There was no answer, or one that is no JSON object.
    """
    try:
        response = httpx.post(url, headers=dict(headers), timeout=TIMEOUT_SECONDS, **body)
    except httpx.HTTPError as error:
        # Its name alone: the text of some errors has the address with its query.
        raise SmsUnknown(f"{provider} did not answer ({type(error).__name__})") from None
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise SmsUnknown(f"{provider} answered {response.status_code}, and no JSON object")
    return answer

"""The provider that the settings name."""

from __future__ import annotations

from hotspots.settings import Settings
from hotspots.sms import serwersms, smsapi
from hotspots.sms.log_only import LogOnly
from hotspots.sms.provider import SmsProvider
from hotspots.sms.serwersms import Serwersms
from hotspots.sms.smsapi import Smsapi


def provider(settings: Settings) -> SmsProvider | None:
    """The one to send with; None where there is none, and codes by SMS are therefore not offered."""
    match settings.sms_provider:
        case "smsapi":
            return Smsapi(settings.sms_token, settings.sms_sender, settings.sms_url or smsapi.URL)
        case "serwersms":
            return Serwersms(settings.sms_token, settings.sms_sender, settings.sms_url or serwersms.URL)
        case "log-only":
            return LogOnly()
    return None

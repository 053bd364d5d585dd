"""The numbers of RADIUS: packet codes, attributes, vendors and the values that we read or send.

Sources: RFC 2865 section 5, RFC 2866 section 5, RFC 2869 section 5, RFC 3162, RFC 4372, RFC 5176 section 3.5,
RFC 6911 and the IANA registry "RADIUS Types"; for vendors the header files and pages of the makers.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class Code(IntEnum):
    """What kind of packet it is (RFC 2865 section 3, RFC 5176 section 2, RFC 5997 section 2)."""

    ACCESS_REQUEST = 1
    ACCESS_ACCEPT = 2
    ACCESS_REJECT = 3
    ACCOUNTING_REQUEST = 4
    ACCOUNTING_RESPONSE = 5
    ACCESS_CHALLENGE = 11
    STATUS_SERVER = 12
    DISCONNECT_REQUEST = 40
    DISCONNECT_ACK = 41
    DISCONNECT_NAK = 42
    COA_REQUEST = 43
    COA_ACK = 44
    COA_NAK = 45


class Attribute(IntEnum):
    """The attributes that gateways send to us and we to them."""

    USER_NAME = 1
    USER_PASSWORD = 2
    CHAP_PASSWORD = 3
    NAS_IP_ADDRESS = 4
    NAS_PORT = 5
    SERVICE_TYPE = 6
    FRAMED_IP_ADDRESS = 8
    FILTER_ID = 11
    REPLY_MESSAGE = 18
    STATE = 24
    CLASS = 25
    VENDOR_SPECIFIC = 26
    SESSION_TIMEOUT = 27
    IDLE_TIMEOUT = 28
    CALLED_STATION_ID = 30
    CALLING_STATION_ID = 31
    NAS_IDENTIFIER = 32
    PROXY_STATE = 33
    ACCT_STATUS_TYPE = 40
    ACCT_DELAY_TIME = 41
    ACCT_INPUT_OCTETS = 42
    ACCT_OUTPUT_OCTETS = 43
    ACCT_SESSION_ID = 44
    ACCT_AUTHENTIC = 45
    ACCT_SESSION_TIME = 46
    ACCT_INPUT_PACKETS = 47
    ACCT_OUTPUT_PACKETS = 48
    ACCT_TERMINATE_CAUSE = 49
    ACCT_MULTI_SESSION_ID = 50
    ACCT_INPUT_GIGAWORDS = 52
    ACCT_OUTPUT_GIGAWORDS = 53
    EVENT_TIMESTAMP = 55
    CHAP_CHALLENGE = 60
    NAS_PORT_TYPE = 61
    CONNECT_INFO = 77
    EAP_MESSAGE = 79
    MESSAGE_AUTHENTICATOR = 80
    ACCT_INTERIM_INTERVAL = 85
    NAS_PORT_ID = 87
    CHARGEABLE_USER_IDENTITY = 89
    NAS_IPV6_ADDRESS = 95
    FRAMED_IPV6_PREFIX = 97
    ERROR_CAUSE = 101
    FRAMED_IPV6_ADDRESS = 168


class Vendor(IntEnum):
    """Private enterprise numbers (IANA) of the vendors whose attributes we read or send."""

    WISPR = 14122
    COOVACHILLI = 14559
    AIRESPACE = 14179
    MIKROTIK = 14988
    CAMBIUM = 17713


class Wispr(IntEnum):
    """Attributes of the Wi-Fi Alliance's best practices for roaming; rates are bit/s."""

    LOCATION_ID = 1
    LOCATION_NAME = 2
    LOGOFF_URL = 3
    REDIRECTION_URL = 4
    BANDWIDTH_MAX_UP = 7
    BANDWIDTH_MAX_DOWN = 8
    SESSION_TERMINATE_TIME = 9


class CoovaChilli(IntEnum):
    """Attributes of CoovaChilli (its radius_coovachilli.h); rates are kbit/s."""

    MAX_TOTAL_OCTETS = 3
    BANDWIDTH_MAX_UP = 4
    BANDWIDTH_MAX_DOWN = 5
    CONFIG = 6
    ACCT_VIEW_POINT = 10
    SESSION_STATE = 15
    MAX_TOTAL_GIGAWORDS = 23
    SYS_UPTIME = 40
    SYS_LOADAVG = 41
    SYS_MEMORY = 42


class MikroTik(IntEnum):
    """Attributes of RouterOS (MikroTik's manual, page "RADIUS")."""

    RATE_LIMIT = 8
    HOST_IP = 10
    ADDRESS_LIST = 19
    TOTAL_LIMIT = 17
    TOTAL_LIMIT_GIGAWORDS = 18


class Airespace(IntEnum):
    """Attributes of Cisco's wireless controllers, which kept the vendor that first made them; rates are kbit/s."""

    DATA_BANDWIDTH_AVERAGE_CONTRACT = 7
    DATA_BANDWIDTH_AVERAGE_CONTRACT_UPSTREAM = 13


class Cambium(IntEnum):
    """Attributes of Cambium's access points (its "RADIUS dictionary for WiFi"); "Gigwords" is its own spelling."""

    TRAFFIC_QUOTA_LIMIT_TOTAL = 155
    TRAFFIC_QUOTA_LIMIT_TOTAL_GIGWORDS = 156


class AcctStatus(IntEnum):
    """Acct-Status-Type (RFC 2866 section 5.1)."""

    START = 1
    STOP = 2
    INTERIM_UPDATE = 3
    ACCOUNTING_ON = 7
    ACCOUNTING_OFF = 8


class ServiceType(IntEnum):
    """Service-Type (RFC 2865 section 5.6), as far as gateways of hotspots use it."""

    LOGIN = 1
    FRAMED = 2
    ADMINISTRATIVE = 6
    CALL_CHECK = 10


class ViewPoint(IntEnum):
    """CoovaChilli-Acct-View-Point: from whose side the octets of a packet are counted."""

    NAS = 1
    CLIENT = 2


class ErrorCause(IntEnum):
    """Error-Cause of a NAK (RFC 5176 section 3.5)."""

    RESIDUAL_SESSION_CONTEXT_REMOVED = 201
    UNSUPPORTED_ATTRIBUTE = 401
    MISSING_ATTRIBUTE = 402
    NAS_IDENTIFICATION_MISMATCH = 403
    INVALID_REQUEST = 404
    UNSUPPORTED_SERVICE = 405
    UNSUPPORTED_EXTENSION = 406
    ADMINISTRATIVELY_PROHIBITED = 501
    REQUEST_NOT_ROUTABLE = 502
    SESSION_CONTEXT_NOT_FOUND = 503
    SESSION_CONTEXT_NOT_REMOVABLE = 504
    RESOURCES_UNAVAILABLE = 506
    MULTIPLE_SESSION_SELECTION_UNSUPPORTED = 508


TERMINATE_CAUSES: Mapping[int, str] = MappingProxyType(
    {
        1: "User-Request",
        2: "Lost-Carrier",
        3: "Lost-Service",
        4: "Idle-Timeout",
        5: "Session-Timeout",
        6: "Admin-Reset",
        7: "Admin-Reboot",
        8: "Port-Error",
        9: "NAS-Error",
        10: "NAS-Request",
        11: "NAS-Reboot",
        12: "Port-Unneeded",
        13: "Port-Preempted",
        14: "Port-Suspended",
        15: "Service-Unavailable",
        16: "Callback",
        17: "User-Error",
        18: "Host-Request",
    }
)
"""The names of Acct-Terminate-Cause (RFC 2866 section 5.10)."""

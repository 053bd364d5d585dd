"""Settings of every process: from the environment, then from `hotspots.toml`, then the defaults.

The only place that knows the environment and the settings file.
"""

from __future__ import annotations

import difflib
import ipaddress
import logging
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    InstanceOf,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import URL, make_url

from hotspots import secret_key
from hotspots.access_points.radius_versions import RadiusVersions
from hotspots.address import ListenAddress
from hotspots.errors import SettingsError
from hotspots.logins.travel import USUAL
from hotspots.storage import database_url

PREFIX = "HOTSPOTS_"
CONFIG_VARIABLE = "HOTSPOTS_CONFIG"
DEFAULT_CONFIG = "hotspots.toml"
DEFAULT_BACKUP_FOLDER = "backups"

_log = logging.getLogger(__name__)


def _listen_address(value: object) -> object:
    return ListenAddress.parse(value) if isinstance(value, str) else value


def _ip_address(value: str) -> str:
    return str(ipaddress.ip_address(value))


def _database_url(value: object) -> object:
    return database_url.parse(value) if isinstance(value, str) else value


def _words(value: object) -> object:
    return tuple(value.upper().replace(",", " ").split()) if isinstance(value, str) else value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("expected http:// or https:// with a host, such as https://hotspot.example.org")
    return value.rstrip("/")


def _counting_store(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("memory://", "redis://", "rediss://")):
        raise ValueError("must be memory:// or the address of a Redis, such as redis://127.0.0.1:6379/0")
    return value


def _strong_key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < secret_key.MINIMUM_CHARACTERS:
        raise ValueError(f"the key needs at least {secret_key.MINIMUM_CHARACTERS} random characters")
    return value


_UNSHOWN = ("secret_key", "database_url", "sms_token", "smtp_password", "rate_limit_store")
_Address = Annotated[InstanceOf[ListenAddress], NoDecode, BeforeValidator(_listen_address)]
_DatabaseUrl = Annotated[InstanceOf[URL], NoDecode, BeforeValidator(_database_url)]
_Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """What the operator may set; each also by `HOTSPOTS_` and its name in capitals.

    `radsec_port` is the TCP port for RADIUS over TLS, 2083 by custom; without it there is none.
    `database_url` is an SQLAlchemy URL, whose `str` and `repr` hide the password. `backup_keep` is how many backups
    stay in `backup_dir`. `audit_days` is how long entries of the audit log are kept: two years where no other law says
    more (KRI, Dz.U. 2024 poz. 773). `account_days` is how long an account that a resident made is good after it was
    last used.
    `sms_price_grosze` is what one message costs, in hundredths of a zloty; `sms_regions` are the countries that
    codes are sent to (ISO 3166), separated by blanks or commas; `sms_url` is another address of the provider. One
    address may send `radius_source_rate` packets a second to a RADIUS worker, and the reject of a wrong password
    waits `radius_reject_delay_ms`. A remembered device is asked again where it would have come from another hotspot
    faster than `travel_kmh`, `travel_near_m` metres aside. The former secret of an access point is dropped once it
    was not used for `former_secret_days`. Where several nodes serve the portal, `rate_limit_store` is the Redis in
    which they count.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    data_dir: Annotated[Path, AfterValidator(Path.absolute)] = Field(default_factory=lambda: Path("var").absolute())
    database_url: _DatabaseUrl = Field(
        default_factory=lambda data: make_url(f"sqlite:///{data['data_dir'] / 'hotspots.db'}")
    )
    secret_key: Annotated[SecretStr, AfterValidator(_strong_key)] = SecretStr("")
    radius_bind: Annotated[str, AfterValidator(_ip_address)] = "0.0.0.0"  # noqa: S104 - gateways call from outside
    radius_auth_port: _Port = 1812
    radius_acct_port: _Port = 1813
    radius_workers: Annotated[int, Field(ge=1, le=64)] = 1
    radsec_port: _Port | None = None
    radsec_version: RadiusVersions = RadiusVersions.EITHER
    radius_source_rate: Annotated[int, Field(ge=10, le=1_000_000)] = 5000
    radius_reject_delay_ms: Annotated[int, Field(ge=0, le=1000)] = 1000
    travel_kmh: Annotated[int, Field(ge=10, le=100_000)] = USUAL.kmh
    travel_near_m: Annotated[int, Field(ge=0, le=100_000_000)] = USUAL.near_m
    former_secret_days: Annotated[int, Field(ge=1, le=365)] = 7
    portal_bind: _Address = ListenAddress("0.0.0.0", 8080)  # noqa: S104 - residents call from outside
    portal_base_url: Annotated[str, AfterValidator(_base_url)] = Field(
        default_factory=lambda data: f"http://127.0.0.1:{data['portal_bind'].port}"
    )
    portal_processes: Annotated[int, Field(ge=1, le=64)] = 2
    rate_limit_store: Annotated[SecretStr, AfterValidator(_counting_store)] = SecretStr("memory://")
    metrics_bind: _Address = ListenAddress("127.0.0.1", 9812)
    backup_dir: Annotated[Path, AfterValidator(Path.absolute)] = Field(
        default_factory=lambda data: data["data_dir"] / DEFAULT_BACKUP_FOLDER
    )
    backup_keep: Annotated[int, Field(ge=1, le=1000)] = 14
    backup_nightly: bool = True
    audit_days: Annotated[int, Field(ge=730, le=36_500)] = 730
    account_days: Annotated[int, Field(ge=1, le=3650)] = 365
    smtp_host: str = ""
    smtp_port: _Port = 587
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""
    smtp_ca_file: Path | None = None
    sms_provider: Literal["none", "smsapi", "serwersms", "log-only"] = "none"
    sms_token: SecretStr = SecretStr("")
    sms_sender: str = ""
    sms_url: Annotated[str, AfterValidator(_base_url)] | None = None
    sms_price_grosze: Annotated[int, Field(ge=0, le=1000)] = 15
    sms_regions: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = ("PL",)

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        if self.radius_auth_port == self.radius_acct_port:
            raise ValueError("radius_auth_port and radius_acct_port must differ")
        return self

    @model_validator(mode="after")
    def _mail_can_be_sent(self) -> Self:
        if self.smtp_host and "@" not in self.smtp_from:
            raise ValueError("smtp_host needs smtp_from, the address that mail comes from")
        if self.smtp_user and self.smtp_tls == "none":
            raise ValueError("smtp_user needs smtp_tls: a password is not sent in clear")
        return self

    @model_validator(mode="after")
    def _provider_can_be_asked(self) -> Self:
        if self.sms_provider in ("smsapi", "serwersms"):
            if not self.sms_token.get_secret_value():
                raise ValueError(f"sms_provider {self.sms_provider} needs sms_token")
            if not self.sms_sender:
                raise ValueError(f"sms_provider {self.sms_provider} needs sms_sender, a name registered there")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before what `load_settings` read from the file; nothing else is looked at."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load_settings(*, make_secret_key: bool = True) -> Settings:
    """The settings in force, with the secret key read from its file or made there.

    Args:
        make_secret_key: False leaves `secret_key` empty when it is not set, and touches no file.

    Raises:
        SettingsError: A setting is wrong; names it, where it came from and how to change it.
    """
    path = config_path()
    values = _read_config(path)
    _refuse_unknown_keys(values, path)
    _check_environment_names(os.environ)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        problems = [
            _describe(detail, values, path)
            for detail in error.errors(include_url=False)
            # A default that is made from a wrong setting is not a second mistake.
            if detail["type"] != "default_factory_not_called"
        ]
        raise SettingsError("; ".join(problems)) from None
    if settings.secret_key.get_secret_value() or not make_secret_key:
        return settings
    return settings.model_copy(update={"secret_key": secret_key.read_or_make(settings.data_dir)})


def config_path() -> Path:
    """The settings file: `HOTSPOTS_CONFIG`, or `hotspots.toml` in the current directory."""
    return Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)


def _read_config(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        if os.environ.get(CONFIG_VARIABLE):
            raise SettingsError(
                f"{CONFIG_VARIABLE} names {path}, which does not exist",
                f"Make the file or unset {CONFIG_VARIABLE}",
            ) from None
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", "Mend its permissions") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}", 'Write NAME = "value" lines') from error


def _nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)), None)


def _refuse_unknown_keys(values: Mapping[str, object], path: Path) -> None:
    for name in values:
        if name not in Settings.model_fields:
            near = _nearest(name, Settings.model_fields)
            known = f"Did you mean {near}?" if near else f"Known are {', '.join(Settings.model_fields)}"
            raise SettingsError(f"{path} has an unknown setting {name}", known)


def _check_environment_names(environment: Mapping[str, str]) -> None:
    known = [CONFIG_VARIABLE, *(PREFIX + name.upper() for name in Settings.model_fields)]
    for name in environment:
        if not name.startswith(PREFIX) or name in known:
            continue
        near = _nearest(name, known)
        if near:
            raise SettingsError(f"the environment has an unknown setting {name}", f"Did you mean {near}?")
        # Something else on this machine may use the prefix for itself.
        _log.warning("the environment variable %s is no setting of hotspots and is ignored", name)


def _describe(detail: ErrorDetails, values: Mapping[str, object], path: Path) -> str:
    reason = detail["msg"].removeprefix("Value error, ")
    if not detail["loc"]:
        return f"{reason}: change one of them in the environment or in {path}"
    name = str(detail["loc"][0])
    variable = PREFIX + name.upper()
    environment = {key.upper(): text for key, text in os.environ.items()}
    if environment.get(variable):
        value: object = environment[variable]
        where, other = "from the environment", f"change or unset {variable}"
    else:
        value = values.get(name)
        where, other = f"from {path}", f"change {name} there, or set {variable}"
    shown = "" if name in _UNSHOWN else f" = {value!r}"
    return f"{variable}{shown} ({where}) is wrong: {reason}; {other}"

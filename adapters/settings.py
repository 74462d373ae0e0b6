"""The settings of a Hôte process: environment variables HOTE_*, each with a default that works on one machine."""

import shlex
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.kafka.broker import Connection, connection
from adapters.keys.master import MasterKey
from adapters.keys.sources import KeyCommand, KeyFile, MasterKeyWrong, parsed
from adapters.mail.folder import Folder
from adapters.mail.smtp import Smtp, smtp_server
from adapters.sms.folder import SmsFolder
from adapters.sms.gateway import SmsGateway, gateway_server
from application.ports import Mail, Sms


class Settings(BaseSettings):
    """`home` is the folder of everything embedded: the database and the master key."""

    model_config = SettingsConfigDict(env_prefix="HOTE_", frozen=True, hide_input_in_errors=True)

    home: Path = Field(default_factory=lambda: Path.home() / ".hote")
    database_url: SecretStr | None = None
    """A Postgres 16 or newer with contrib; none starts the embedded one under `home`."""
    master_key: SecretStr | None = None
    """32 bytes in base64; earlier keys that are still needed come after it."""
    master_key_command: str | None = None
    """A program that prints the same. None of the two: the file `master.key` in `home`, made at the first start."""
    erasure_ledger: Path | None = None
    """The file that says who was erased, to be kept apart from the database. None: `erasures.jsonl` in `home`."""
    lake: str | None = None
    """A folder, or the URL of an object storage, for the files of the lake. None: `lake` in `home`."""
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    oidc_jwks_url: HttpUrl | None = None
    requests_per_second: int = Field(default=50, ge=1)
    """For each API key, in the long run; ten times as many at once."""
    upload_limit: int = Field(default=200_000_000, ge=1)
    """Bytes of a file to import."""
    smtp_url: SecretStr | None = None
    """smtp://user:password@host:587 or smtps://…:465. None: mails become files in `outbox` in `home`."""
    mail_from: str = Field(default="noreply@localhost", pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    """The address that mails come from, and that guests answer to."""
    sms_url: SecretStr | None = None
    """https://user:password@host/path of an SMS gateway. None: SMS become files in `outbox` in `home`."""
    kafka_bootstrap: SecretStr | None = None
    """host:9092,host:9092, or that after ssl://, sasl-plain://user:password@ or sasl-scram://user:password@."""
    public_url: Annotated[
        str,
        Field(pattern=r"^https?://[a-zA-Z0-9.:\[\]-]+(/[a-zA-Z0-9_.~%/-]*)?$"),
        AfterValidator(lambda url: url.rstrip("/")),
    ] = "http://localhost:8000"
    """Where guests reach the pages that links in messages lead to; without a slash at the end."""

    @model_validator(mode="after")
    def oidc_is_whole(self) -> "Settings":
        given = [self.oidc_issuer, self.oidc_audience, self.oidc_jwks_url]
        if any(given) and not all(given):
            raise ValueError("HOTE_OIDC_ISSUER, HOTE_OIDC_AUDIENCE and HOTE_OIDC_JWKS_URL go together")
        return self

    @model_validator(mode="after")
    def there_is_one_master_key(self) -> "Settings":
        if self.master_key is not None and self.master_key_command is not None:
            raise ValueError("either HOTE_MASTER_KEY or HOTE_MASTER_KEY_COMMAND")
        return self

    @field_validator("master_key")
    @classmethod
    def holds_keys(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            if value is not None:
                parsed(value.get_secret_value().encode())
        except MasterKeyWrong as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("smtp_url")
    @classmethod
    def names_a_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            smtp_server(value.get_secret_value())
        return value

    @field_validator("sms_url")
    @classmethod
    def names_a_gateway(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            gateway_server(value.get_secret_value())
        return value

    @field_validator("kafka_bootstrap")
    @classmethod
    def names_brokers(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            connection(value.get_secret_value())
        return value

    @field_validator("master_key_command")
    @classmethod
    def names_a_program(cls, value: str | None) -> str | None:
        if value is not None and not shlex.split(value):  # which raises ValueError for an open quote
            raise ValueError("it names no program")
        return value

    def mail_server(self) -> Mail:
        if self.smtp_url is None:
            return Folder(self.home / "outbox")
        return Smtp(smtp_server(self.smtp_url.get_secret_value()))

    def sms_gateway(self) -> Sms:
        if self.sms_url is None:
            return SmsFolder(self.home / "outbox")
        return SmsGateway(gateway_server(self.sms_url.get_secret_value()))

    def kafka(self) -> Connection | None:
        return connection(self.kafka_bootstrap.get_secret_value()) if self.kafka_bootstrap else None

    def load_master_key(self, *, first: bool = True) -> MasterKey:
        """At the first start, makes the file if there is to be one. Raises MasterKeyWrong."""
        if self.master_key is not None:
            return MasterKey(*parsed(self.master_key.get_secret_value().encode()))
        if self.master_key_command is not None:
            command = KeyCommand(self.master_key_command)
            return MasterKey(*command.read(), source=command)
        file = KeyFile(self.home / "master.key")
        file.prepare(first=first)
        return MasterKey(*file.read(), source=file)

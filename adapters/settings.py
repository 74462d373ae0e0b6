"""The settings of a Hôte process: environment variables HOTE_*, each with a default that works on one machine."""

from base64 import b64decode
from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.keys.master import KEY_BYTES, MasterKey, master_key_file


class Settings(BaseSettings):
    """`home` is the folder of everything embedded: the database and the master key."""

    model_config = SettingsConfigDict(env_prefix="HOTE_", frozen=True)

    home: Path = Field(default_factory=lambda: Path.home() / ".hote")
    database_url: SecretStr | None = None
    """A Postgres 16 or newer with contrib; none starts the embedded one under `home`."""
    master_key: SecretStr | None = None
    """32 bytes in base64. None: the file `master.key` in `home`, made at the first start."""
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    oidc_jwks_url: HttpUrl | None = None
    requests_per_second: int = Field(default=50, ge=1)
    """For each API key, in the long run; ten times as many at once."""
    upload_limit: int = Field(default=200_000_000, ge=1)
    """Bytes of a file to import."""

    @model_validator(mode="after")
    def oidc_is_whole(self) -> "Settings":
        given = [self.oidc_issuer, self.oidc_audience, self.oidc_jwks_url]
        if any(given) and not all(given):
            raise ValueError("HOTE_OIDC_ISSUER, HOTE_OIDC_AUDIENCE and HOTE_OIDC_JWKS_URL go together")
        return self

    @field_validator("master_key")
    @classmethod
    def is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            if value is not None and len(b64decode(value.get_secret_value(), validate=True)) != KEY_BYTES:
                raise ValueError("too short or too long")
        except ValueError as error:
            raise ValueError(f"{KEY_BYTES} bytes in base64 are needed") from error
        return value

    def load_master_key(self) -> MasterKey:
        if self.master_key is not None:
            return MasterKey(b64decode(self.master_key.get_secret_value(), validate=True))
        return master_key_file(self.home / "master.key")

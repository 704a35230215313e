"""Settings, grouped by concern, read from `CARBON_*` environment variables. Nothing set: the embedded default.

Per-tenant database addresses are read from `CARBON_DATABASES`, a JSON object
`{"wuxi": {"owner": "postgresql+asyncpg://...", "app": "postgresql+asyncpg://..."}}`; a tenant that is not named
there gets a database on the server of `CARBON_POSTGRES_ADMIN_URL`.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where this process runs; production accepts persisted operations only."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class MailSecurity(StrEnum):
    """How the connection to the mail server is kept private: not at all, by STARTTLS, or by TLS from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class TenantDatabase(BaseModel):
    """The two addresses of one tenant's database: owner role (migrations) and application role."""

    owner: SecretStr
    app: SecretStr


class Settings(BaseSettings):
    """All settings; `carbon --help` and docs/operations.md list them."""

    model_config = SettingsConfigDict(env_prefix="CARBON_", extra="ignore")

    environment: Environment = Environment.DEVELOPMENT
    data_dir: Path = Path(".carbon")
    """Embedded servers, keys, files: everything this installation owns, in one ignored folder."""

    tenants: str = "wuxi,changzhou,chengdu,guizhou"
    """Codes of the tenants this process serves, separated by commas; one code makes a dedicated process."""
    packs_dir: Path | None = None
    """A folder of further packs, read beside the shipped ones."""

    host: str = "127.0.0.1"
    port: int = 8000
    base_domain: str = "localhost"
    """Tenants answer on `<tenant>.<base_domain>` and on `/<tenant>/...`."""

    postgres_admin_url: SecretStr | None = None
    """A role that may create databases and roles; unset starts the embedded server."""
    databases: dict[str, TenantDatabase] = Field(default_factory=dict)
    clearing: TenantDatabase | None = None
    """The database where all tenants' unit codes are cleared; unset: `carbon_clearing` on the administrator's server."""
    pool_size: int = 10

    redis_url: SecretStr | None = None
    """Redis protocol server; unset starts the embedded one."""

    storage_url: str | None = None
    """`file:///folder` or `s3://bucket/prefix` (credentials from the usual AWS_* variables)."""
    evidence_max_bytes: int = 20 * 1024 * 1024
    import_max_bytes: int = 64 * 1024 * 1024
    import_max_rows: int = 100_000

    access_token_seconds: int = 600
    refresh_token_days: int = 14

    worker_concurrency: int = 4
    worker_processes: int = 1
    job_lease_seconds: int = 30

    webhook_allow_private: bool = False
    """Let webhooks go to private and local addresses, and without TLS: for an installation on one machine."""
    webhook_kept_days: int = Field(default=90, ge=7)
    """How long messages to banks are kept after they arrived, or were not to be told any more."""
    webhook_dead_kept_days: int = Field(default=365, ge=7)
    """How long messages that could not be delivered are kept; never shorter than the others."""

    smtp_host: str | None = None
    """The mail server notices are handed to; unset: none are sent by e-mail."""
    smtp_port: int = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    smtp_sender: str = "carbon@localhost"
    """The address notices are sent from."""
    notice_kept_days: int = Field(default=730, ge=30)
    """How long notices are kept, with what was sent of them."""

    is_explorer_open: bool | None = None
    """Serve the explorer page and accept free-form operations; default: only in development."""

    otel_endpoint: str | None = None
    """OTLP/HTTP endpoint; unset switches tracing off."""
    log_format: str = "auto"
    """`json`, `console`, or `auto` (console on a terminal)."""

    @property
    def tenant_codes(self) -> tuple[str, ...]:
        """The served tenants as a tuple."""
        return tuple(code.strip() for code in self.tenants.split(",") if code.strip())

    @property
    def allows_free_operations(self) -> bool:
        """Whether GraphQL documents outside the persisted set are accepted."""
        if self.is_explorer_open is not None:
            return self.is_explorer_open
        return self.environment is Environment.DEVELOPMENT


@cache
def settings() -> Settings:
    """Return the process's settings, read once. Only composition roots (main, cli, worker) call this."""
    return Settings()

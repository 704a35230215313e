"""What a serving process (API or worker) opens from its settings: databases, storage, the Redis-protocol server."""

from urllib.parse import urlsplit

from backend.kit.db import Databases
from backend.kit.errors import Unavailable
from backend.kit.settings import Settings
from backend.kit.storage import Storage
from backend.tenants import provision


class SettingMissing(Unavailable):
    """A serving process starts no servers of its own; the settings must name them."""

    code = "setting_missing"
    en = "{setting} is not set. `carbon up` sets it for its children; a process on its own needs it in its environment"
    zh = "缺少设置 {setting}。carbon up 会为子进程设置；单独运行的进程需在环境变量中提供"


class StorageAddressInvalid(Unavailable):
    """The setting of where files lie names no kind of storage there is."""

    code = "storage_address_invalid"
    en = "CARBON_STORAGE_URL is not usable: write file:///folder or s3://bucket/prefix, not {given}://..."
    zh = "CARBON_STORAGE_URL 无效：应为 file:///目录 或 s3://存储桶/前缀，而不是 {given}://..."


def redis_address(settings: Settings) -> str:
    """Return the address of the Redis-protocol server.

    Raises:
        SettingMissing: there is none.
    """
    if settings.redis_url is None:
        raise SettingMissing(setting="CARBON_REDIS_URL")
    return settings.redis_url.get_secret_value()


def open_databases(settings: Settings, application: str) -> Databases:
    """Return the databases of the served tenants under their application roles.

    Raises:
        SettingMissing: a served tenant's database is named nowhere.
    """
    admin = settings.postgres_admin_url.get_secret_value() if settings.postgres_admin_url else None
    try:
        urls = {
            code: provision.addresses(settings, admin, code).app.get_secret_value() for code in settings.tenant_codes
        }
    except KeyError as error:
        raise SettingMissing(setting=f"CARBON_DATABASES[{error.args[0]}]") from None
    return Databases(urls, pool_size=settings.pool_size, application=f"carbon-{application}")


def open_storage(settings: Settings) -> Storage:
    """Return where files lie.

    Raises:
        StorageAddressInvalid: the setting is neither `file://` nor `s3://`.
    """
    try:
        return Storage.of(settings)
    except ValueError:
        # The address may hold credentials; its kind is enough to mend it.
        raise StorageAddressInvalid(given=urlsplit(settings.storage_url or "").scheme) from None

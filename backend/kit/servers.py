"""Real servers from Python wheels: PostgreSQL 18 and Valkey, started as children of this process.

One seam: `POSTGRES` says where the PostgreSQL programs lie. The wheel's own Python helper is not used, because it
trusts every local login, opens the folders above the data to everybody and keeps reference counts of its own; we run
its `initdb` and `postgres` directly, with password logins (SCRAM) on a unix socket that only the server's account may
enter, data checksums and fsync on.

A folder given to `start_postgres` or `start_valkey` belongs to that server alone:

    lock               held while a process of ours runs the server
    cluster | data     what the server keeps
    password           of the administrator role, mode 0600
    log                of the server, the newest megabytes
    run                the socket, unless the path is too long for one (then a private folder under /tmp)
"""

from backend.kit.embedded.common import RunningServer, ServerFailed
from backend.kit.embedded.postgres import ADMIN_ROLE, WrongVersion, running_postgres, start_postgres
from backend.kit.embedded.valkey import running_valkey, start_valkey
from backend.kit.processes import AccountMissing, DiskFull, FolderInUse, FolderNotReachable, FolderNotWritable

__all__ = [
    "ADMIN_ROLE",
    "AccountMissing",
    "DiskFull",
    "FolderInUse",
    "FolderNotReachable",
    "FolderNotWritable",
    "RunningServer",
    "ServerFailed",
    "WrongVersion",
    "running_postgres",
    "running_valkey",
    "start_postgres",
    "start_valkey",
]

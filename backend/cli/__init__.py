"""The `carbon` command: the operator's verbs, one small file for each group.

Modules of the product are imported inside the commands that need them, so that `--help` answers at once.
"""

import click

from backend.cli import (
    api,
    audit,
    data,
    jobs,
    ledger,
    migrate,
    people,
    reference,
    regions,
    schema,
    seed,
    tenants,
    units,
    up,
    worker,
)
from backend.cli.terminal import CarbonGroup


@click.group(cls=CarbonGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="carbon-account", prog_name="carbon")
def main() -> None:
    r"""One carbon account for enterprises, banks and cities.

    With no setting at all, `carbon up` starts everything on this machine: PostgreSQL, Valkey, the four tenants with
    demonstration data, the API and the worker, all under the folder CARBON_DATA_DIR (.carbon).

    \b
    Settings are environment variables:
      CARBON_PORT, CARBON_HOST      where the API listens (8000 on 127.0.0.1)
      CARBON_TENANTS                tenants this process serves, by comma
      CARBON_DATA_DIR               where everything is kept
      CARBON_POSTGRES_ADMIN_URL     a PostgreSQL 18 server; unset starts one
      CARBON_DATABASES              addresses of tenants' databases, as JSON
      CARBON_REDIS_URL              a Redis-protocol server; unset starts one

    Every other verb works beside a running `carbon up`, or starts what it needs for itself.
    """


for command in (
    api.api,
    audit.audit,
    data.export,
    data.import_,
    data.reproduce,
    jobs.jobs,
    ledger.ledger,
    people.keys,
    migrate.migrate,
    people.organisations,
    people.people,
    reference.reference,
    regions.regions,
    schema.schema,
    seed.seed,
    tenants.tenants,
    units.import_units,
    up.up,
    worker.worker,
):
    main.add_command(command)

"""How alembic reaches the database: over the connection `storage.migrate` hands in, in the transaction that is open.

From alembic's own command line: `alembic -x url=sqlite:///data/whisperengine.db revision --autogenerate -m "..."`.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection

from src_v2.storage.database import Database
from src_v2.storage.tables import METADATA


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,  # SQLite can hardly alter a table: alembic makes a new one and copies
        transactional_ddl=True,  # true of SQLite as well, since `Database` opens its transactions itself
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_from_command_line() -> None:
    db = Database(context.get_x_argument(as_dictionary=True)["url"])
    async with db.write() as connection:
        await connection.run_sync(run)
    await db.close()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(run_from_command_line())

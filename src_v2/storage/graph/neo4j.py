"""The served graph store: Neo4j over Bolt. Import it only when a server is configured."""

import asyncio
from collections.abc import Mapping
from typing import Any

from neo4j import AsyncGraphDatabase, RoutingControl
from neo4j.exceptions import AuthError, DriverError, Neo4jError, TransientError

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.storage.graph.schema import SCHEMA, WRITE_VERSION, for_neo4j, steps_to_take

CONNECT_TIMEOUT_S = 2.0
QUERY_TIMEOUT_S = 10.0
RETRY_S = 1.0
"""Enough for two writers that met; a server that is down is not worth waiting for."""

Row = dict[str, Any]


class Neo4jGraph:
    """A `GraphStore` on the server at `uri` (bolt:// or neo4j://)."""

    def __init__(self, uri: str, user: str, password: str, *, database: str = "neo4j") -> None:
        self.round_trips = 0
        self._database = database
        self._driver = AsyncGraphDatabase.driver(
            uri,
            auth=(user, password),
            connection_timeout=CONNECT_TIMEOUT_S,
            connection_acquisition_timeout=CONNECT_TIMEOUT_S,
            max_transaction_retry_time=RETRY_S,
            user_agent="whisperengine",
        )

    async def ensure_schema(self) -> None:
        """Make constraints and indexes; see GraphStore."""
        for statement in for_neo4j(SCHEMA):
            await self.write(statement)
        for step in await steps_to_take(self):
            for table in step.tables:
                for statement in for_neo4j(table):
                    await self.write(statement)
            await self.write(WRITE_VERSION, {"version": step.version})

    async def read(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Run a query that changes nothing; see GraphStore. The server itself refuses one that writes."""
        return await self._run(cypher, parameters, RoutingControl.READ)

    async def write(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Run a query that may change something; see GraphStore."""
        return await self._run(cypher, parameters, RoutingControl.WRITE)

    async def settle(self) -> None:
        """Do nothing: the server uses what was freed again, and its operator decides when files are rewritten."""

    async def check(self) -> None:
        """Ask the server something: needs the server, the right password and the database."""
        await self.read("RETURN 1 AS alive")

    async def close(self) -> None:
        """Close the connections."""
        await self._driver.close()

    async def _run(self, cypher: str, parameters: Mapping[str, Any] | None, routing: RoutingControl) -> list[Row]:
        self.round_trips += 1
        try:
            async with asyncio.timeout(QUERY_TIMEOUT_S):
                result = await self._driver.execute_query(
                    cypher, dict(parameters or {}), database_=self._database, routing_=routing
                )
        except (TransientError, DriverError, OSError) as error:  # TimeoutError is an OSError
            raise StoreUnavailable(f"the graph store cannot be reached ({type(error).__name__})") from error
        except AuthError as error:
            raise StoreError("the graph store refused user or password") from error
        except Neo4jError as error:
            raise StoreError(f"the graph store refused ({error.code})") from error
        return [record.data() for record in result.records]

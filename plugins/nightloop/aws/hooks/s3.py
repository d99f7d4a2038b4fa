"""S3 for a task that reads and writes from many threads at once."""

from __future__ import annotations

from typing import Any, Final

from airflow.providers.amazon.aws.hooks.s3 import S3Hook

CONNECTIONS: Final = 128
"""Threads open connections as they need them; with fewer than threads, each object would open one again."""


class PooledS3Hook(S3Hook):
    """The provider's S3 hook with a connection for every thread; the connection's `config_kwargs` override this."""

    def get_client_type(self, region_name: str | None = None, config: Any = None, deferrable: bool = False) -> Any:
        """Build the client with a pool for many threads."""
        from botocore.config import Config

        ours = Config(max_pool_connections=CONNECTIONS)
        return super().get_client_type(region_name, ours.merge(config or self.config), deferrable)

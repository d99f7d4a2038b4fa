"""Thousands of human loops from many threads, at the rate that the service allows."""

from __future__ import annotations

from typing import Any

from nightloop.aws.clients.throttle import Pace
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.hooks.s3 import CONNECTIONS


class PacedA2IHook(A2IHook):
    """An `A2IHook` whose threads call the service as fast as it lets them, and no faster.

    Each operation has a pace of its own, because AWS counts each by itself. botocore repeats nothing here, even if the
    connection's `config_kwargs` ask for retries. The pace repeats throttled calls. The caller repeats calls on which
    the service failed, because it may want to look first whether the human loop was started.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._starting = Pace()
        self._describing = Pace()
        self._stopping = Pace()
        self._deleting = Pace()

    def get_client_type(self, region_name: str | None = None, config: Any = None, deferrable: bool = False) -> Any:
        """Build the client with a connection for every thread and without retries."""
        from botocore.config import Config

        ours = Config(retries={"total_max_attempts": 1}, max_pool_connections=CONNECTIONS)
        return super().get_client_type(region_name, (config or self.config).merge(ours), deferrable)

    def start_human_loop(self, *, name: str, flow_definition_arn: str, input_content: str) -> str:
        """Start a human loop when its turn comes; otherwise as `A2IHook.start_human_loop`."""
        start = super().start_human_loop
        return self._starting.call(
            lambda: start(name=name, flow_definition_arn=flow_definition_arn, input_content=input_content)
        )

    def describe_human_loop(self, name: str) -> dict[str, Any] | None:
        """Describe a human loop when its turn comes; otherwise as `A2IHook.describe_human_loop`."""
        describe = super().describe_human_loop
        return self._describing.call(lambda: describe(name))

    def stop_human_loop(self, name: str) -> bool:
        """Stop a human loop when its turn comes; otherwise as `A2IHook.stop_human_loop`."""
        stop = super().stop_human_loop
        return self._stopping.call(lambda: stop(name))

    def delete_human_loop(self, name: str) -> bool:
        """Delete a human loop when its turn comes; otherwise as `A2IHook.delete_human_loop`."""
        delete = super().delete_human_loop
        return self._deleting.call(lambda: delete(name))

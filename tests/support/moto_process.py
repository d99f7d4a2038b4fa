"""moto's server as a process of its own: `mock_aws` of another test in this process empties a server of this one."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# It ends with its standard input, so that it never outlives the tests, however they end.
SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
sys.stdin.read()
"""


@contextmanager
def moto_server() -> Iterator[str]:
    """Serve moto's AWS until the block ends; gives its URL."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, f"moto's server ended at its start ({process.wait()})"
        try:
            yield url
        finally:
            process.kill()

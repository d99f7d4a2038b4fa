import hashlib
import json
import re
from collections.abc import Mapping, Sequence

ECR_IMAGE = re.compile(
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?"
)


class Images:
    """The images this service can run: `repository:tag` to the command that stands for the image."""

    def __init__(self, commands: Mapping[str, Sequence[str]]) -> None:
        self._commands = commands

    def command(self, image: str) -> Sequence[str] | None:
        """Find the command of an image address by its end, `repository:tag`; None if it is not listed."""
        match = ECR_IMAGE.fullmatch(image)
        name = f"{match['repository']}:{match['tag']}" if match and match["tag"] else image
        return self._commands.get(name)

    def resolved(self, image: str) -> str:
        """Return the image with a digest, as DescribeEndpoint does; here the digest is of the command line."""
        command = json.dumps(list(self.command(image) or ()))
        repository = image.rpartition(":")[0] if ":" in image.rpartition("/")[2] else image
        return f"{repository}@sha256:{hashlib.sha256(command.encode()).hexdigest()}"


def repository_of(image: str) -> str:
    """Return the name of an image's repository, such as `object-detection`."""
    match = ECR_IMAGE.fullmatch(image)
    return match["repository"] if match else image.partition(":")[0]

"""`python -m services.aws`: serve S3, IAM, STS, SQS, Logs and the rest of moto on one port."""

from __future__ import annotations

import logging
import os
import sys

from services.aws.config.settings import Settings
from services.aws.errors import AwsServerError
from services.aws.server.serving import serve


def main() -> int:
    """Run the server; return 2 for a wrong setting."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        serve(Settings.from_environment(os.environ))
    except AwsServerError as error:
        print(f"aws: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m services.sagemaker`: serve sagemaker and sagemaker-runtime on one port."""

import logging
import os
import sys

import uvicorn

from services.sagemaker.config.settings import Settings
from services.sagemaker.errors import SettingsError, StateFolderBusyError
from services.sagemaker.lifecycle.service import Service
from services.sagemaker.server.app import create_app


def main() -> int:
    """Serve until SIGTERM or SIGINT; return 2 if it cannot start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = Settings.from_environment(os.environ)
        service = Service(settings)
    except (SettingsError, StateFolderBusyError) as error:
        print(f"sagemaker: {error}", file=sys.stderr)
        return 2
    uvicorn.run(
        create_app(service),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="info",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

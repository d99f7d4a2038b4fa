"""What the compose stack holds before its first night, if it has no AWS account."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from local.demo.driver.loop_file import write_demo_loop
from local.stack.bootstrap import bootstrap_aws, bootstrap_review, run_once

if TYPE_CHECKING:
    from local.compose.place import ComposePlace


def set_up(place: ComposePlace) -> None:
    """Make the bucket, the work team, its reviewer, an administrator and the loop file; each may be there already."""
    bootstrap_aws(place.settings, place.secrets)
    bootstrap_review(place.settings, place.secrets, _run_review_command)
    write_demo_loop(place.settings.loops, place.settings.events_queue_url)
    print("bucket, work team, accounts and loop file are there")


def _run_review_command(*arguments: str) -> None:
    run_once([sys.executable, "-m", "services.review", *arguments], dict(os.environ))

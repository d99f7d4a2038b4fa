"""Makes a database know the outputs that S3 has: after a restore, no answered review is asked again."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from services.review.upkeep.outputs_in_s3 import begin_of_doubt, unknown_outputs
from services.review.upkeep.taking_in import take_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.s3.store import S3Store
    from services.review.upkeep.outputs_in_s3 import WrittenOutput

logger = logging.getLogger(__name__)


@dataclass
class Reconciled:
    """How many outputs were taken in, and which could not be."""

    taken_in: int = 0
    unusable: list[str] = field(default_factory=list)


def reconcile(
    write: Callable[[Callable[[Session], object]], object],
    store: S3Store,
    *,
    issuer: str,
    now: datetime,
    since: datetime | None = None,
) -> Reconciled:
    """Take in each output of an open or unknown review; doing it again changes nothing.

    :param write: Runs a function of a session and commits what it did.
    :param since: When the backup was taken; otherwise as the database itself suggests.
    :raises OutputsUnreachable: if S3 cannot be read; what was taken in until then stays.
    """
    result = Reconciled()
    outputs: list[WrittenOutput] = []

    def look(session: Session) -> None:
        doubt = begin_of_doubt(session)
        begin = min(filter(None, (doubt, since)), default=None)
        outputs.extend(unknown_outputs(session, store, begin))

    write(look)
    for output in outputs:
        try:
            document = output.read(store)
            done = write(partial(take_in, output=output, document=document, issuer=issuer, now=now))
        except (ValueError, KeyError, TypeError) as error:
            logger.warning("an output cannot be taken in: %s", error, extra={"uri": output.location.uri})
            result.unusable.append(output.location.uri)
            continue
        result.taken_in += bool(done)
    return result

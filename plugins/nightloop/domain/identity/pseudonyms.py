"""Reviewers' names in everything that is written: never the worker id that the review service gave."""

import hashlib


def pseudonym(worker_id: str) -> str:
    """Return a reviewer's pseudonym: the same in every night and loop, and not the worker id.

    A plain hash, without a key: a worker id is no name and no address but a random one that A2I, or the review service,
    made up, so that there is no list to try. A key would have to be kept as long as the reviewers' records, and would
    keep nothing from those who may read the human loops' output, where the worker id stands in clear.
    """
    return f"reviewer-{hashlib.sha256(f'nightloop/{worker_id}'.encode()).hexdigest()[:12]}"

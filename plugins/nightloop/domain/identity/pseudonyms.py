"""Reviewers' names in everything that is written: never the worker id that the review service gave."""

import hashlib


def pseudonym(worker_id: str) -> str:
    """Return a reviewer's pseudonym: the same in every night and loop, and not the worker id.

    It is a plain hash, without a key. A worker id is no name or address but a random one that A2I, or the review
    service, made up, so there is no list of them to try. A key would have to be kept as long as the reviewers' records.
    It would hide nothing from people who may read the human loops' output, which holds the worker id itself.
    """
    return f"reviewer-{hashlib.sha256(f'nightloop/{worker_id}'.encode()).hexdigest()[:12]}"

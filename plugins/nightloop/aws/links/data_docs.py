"""Leads to what Great Expectations says about a manifest, line by line."""

from __future__ import annotations

from nightloop.aws.links.s3_output import S3OutputLink


class DataDocsLink(S3OutputLink):
    """The Data Docs that a check wrote."""

    name = "Data Docs"
    key = "data_docs"
    shown_as = None

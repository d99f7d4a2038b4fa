"""Leads to what Great Expectations says of a manifest, line by line."""

from __future__ import annotations

from nightloop.aws.links.s3_output import S3OutputLink


class DataDocsLink(S3OutputLink):
    """The Data Docs a check wrote."""

    name = "Data Docs"
    key = "data_docs"
    shown_as = None

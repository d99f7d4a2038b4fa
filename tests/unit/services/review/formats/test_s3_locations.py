"""The ways to write a place in S3."""

import pytest

from services.review.errors import InvalidLocation
from services.review.formats.s3_locations import S3Location


@pytest.mark.parametrize(
    ("uri", "bucket", "key"),
    [
        ("s3://b/k", "b", "k"),
        ("S3://b/a/b c?d#e.jpg", "b", "a/b c?d#e.jpg"),
        ("s3://b", "b", ""),
        ("https://s3.amazonaws.com/b/k", "b", "k"),
        ("http://s3.amazonaws.com/b/k%20x", "b", "k x"),
        ("https://s3.eu-west-1.amazonaws.com/b/k", "b", "k"),
        ("https://b.s3.eu-west-1.amazonaws.com/k/l", "b", "k/l"),
    ],
)
def test_read(uri, bucket, key):
    assert S3Location.parse(uri) == S3Location(bucket, key)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "b/k",
        "s3:/b/k",
        "s3:///k",
        "https://example.com/b/k",
        "https://s3.amazonaws.com.evil.example/b/k",
        "https://[/",
    ],
)
def test_refused(uri):
    with pytest.raises(InvalidLocation):
        S3Location.parse(uri)


def test_join_leaves_no_empty_folder():
    assert S3Location.parse("s3://b").join("x", "y").uri == "s3://b/x/y"
    assert S3Location.parse("s3://b/p/").join("x").uri == "s3://b/p/x"

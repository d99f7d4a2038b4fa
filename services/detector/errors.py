"""What can go wrong, by who must fix it: the customer (exit code 2) or us (exit code 1)."""


class DetectorError(Exception):
    """The algorithm failed in a way the customer cannot fix by changing the request or the data."""

    exit_code = 1


class CustomerError(DetectorError):
    """The request or the data is wrong; the message names the value and what would be right."""

    exit_code = 2


class ImageError(CustomerError):
    """These bytes are not an image that can be used; the message says why."""

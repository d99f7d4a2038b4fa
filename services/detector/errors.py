"""What can go wrong, by whose mend it is: the customer's (exit code 2) or ours (exit code 1)."""


class DetectorError(Exception):
    """The algorithm failed in a way the customer cannot mend by changing the request or the data."""

    exit_code = 1


class CustomerError(DetectorError):
    """The request or the data is wrong; the sentence names the value and what would be right."""

    exit_code = 2


class ImageError(CustomerError):
    """These bytes are not an image that can be used; the sentence says why."""

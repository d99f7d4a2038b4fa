"""The errors of this package: for callers, and for programmers at start-up."""


class ConfigurationError(Exception):
    """The services are combined wrongly; raised at import or start-up, never during a request."""


class OutputMismatch(Exception):  # noqa: N818  (names what happened, as the log line reads)
    """A handler's answer does not fit the output shape: a bug of the service, never of its caller."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"the answer's {path or 'top level'} {problem}")


class ServiceError(Exception):
    """An error that the caller receives in AWS's form.

    `code` is the model's name of the error or any other code; a modelled status wins unless `status` is given,
    400 is used for codes that the model does not know. `members` are further members of the error's body.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None, **members: object) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


def serialization_error(message: str) -> ServiceError:
    """Build the error for a request that cannot be read into the operation's shape."""
    return ServiceError("SerializationException", message)


def unknown_operation(what: str) -> ServiceError:
    """Build the error for a target or path that no service here has."""
    return ServiceError("UnknownOperationException", f"{what} is not an operation of this service", status=404)


def not_implemented(operation: str, implemented: list[str]) -> ServiceError:
    """Build the error for an operation that AWS has and this service does not."""
    there = ", ".join(implemented) or "nothing"
    return ServiceError(
        "NotImplemented", f"{operation} is not implemented by this service. It implements: {there}", status=501
    )


def internal_failure(request_id: str) -> ServiceError:
    """Build the error for a bug; the log holds the traceback under the same request id."""
    message = "The request processing has failed because of an unknown error, exception or failure"
    return ServiceError("InternalFailure", f"{message} (request {request_id}; see the service's log).", status=500)

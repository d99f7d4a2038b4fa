"""What can be wrong with a night's data; each error names the line or the image it is about."""


class LoopError(Exception):
    """Something in a night's data is wrong.

    `source` is the file or object, `line` its line number (from 1), `image` the image's URI; each if it is known.
    """

    def __init__(
        self, message: str, *, source: str | None = None, line: int | None = None, image: str | None = None
    ) -> None:
        self.message = message
        self.source = source
        self.line = line
        self.image = image
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        place = [self.source] if self.source else []
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.image:
            place.append(f"image {self.image}")
        return f"{', '.join(place)}: {self.message}" if place else self.message


class RowError(LoopError):
    """A row of JSON Lines cannot be read or written."""


class NamingError(LoopError):
    """A name cannot be made from what was given."""


class ResponseError(LoopError):
    """The endpoint's answer for an image is not a detection result."""


class SelectionError(LoopError):
    """The images to review cannot be chosen from what was given."""


class AnswerError(LoopError):
    """A human loop's output holds no answer that can be used; `code` is the kind of reason, to count by."""

    code = "unreadable"


class NoAnswerError(AnswerError):
    """A human loop ended without any reviewer's answer."""

    code = "no-answer"


class ManifestError(LoopError):
    """A line of an augmented manifest cannot be used."""


class ClassMapError(ManifestError):
    """A manifest line numbers the classes differently from the loop."""


class UnlabelledError(ManifestError):
    """A manifest line has no label: its labeling job failed on the image, or never showed it."""


class EvaluationError(LoopError):
    """Two models cannot be compared on what was given."""


class RecordError(LoopError):
    """Bytes are not RecordIO."""


class LineageError(LoopError):
    """It is not known where something comes from."""

r"""Turns the patterns of AWS models, written for Java's regular expressions, into Python's.

What differs and occurs: `\p{..}` classes, `.` (Java stops at every line terminator), `\z`, surrogate pairs for
characters beyond U+FFFF, quantified anchors (`${1,256}`), and `\d \w \s`, which are ASCII in Java.
Reference: java.util.regex.Pattern.
"""

import re
import unicodedata
from collections import defaultdict
from functools import cache
from itertools import groupby

from services.awswire.errors import ConfigurationError

_LAST = 0x10FFFF
_Ranges = tuple[tuple[int, int], ...]
_POSIX: dict[str, _Ranges] = {
    "ASCII": ((0, 127),),
    "Alnum": ((48, 57), (65, 90), (97, 122)),
    "Alpha": ((65, 90), (97, 122)),
    "Blank": ((9, 9), (32, 32)),
    "Cntrl": ((0, 31), (127, 127)),
    "Digit": ((48, 57),),
    "Graph": ((33, 126),),
    "Lower": ((97, 122),),
    "Print": ((32, 126),),
    "Punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "Space": ((9, 13), (32, 32)),
    "Upper": ((65, 90),),
    "XDigit": ((48, 57), (65, 70), (97, 102)),
}
_SAME_ESCAPES = frozenset("dDwWsSbBtnrfaA123456789")
_ANY = r"[^\n\r\u0085\u2028\u2029]"
_QUANTIFIER = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})[+?]?")
_PROPERTY = re.compile(r"\{(?:Is)?(\w+)\}|([A-Z])")
_CODE_POINT = re.compile(r"u([0-9A-Fa-f]{4})|x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})")
_LOW_SURROGATE = re.compile(r"\\u([dD][c-fC-F][0-9A-Fa-f]{2})")


class PatternError(ConfigurationError):
    """A model's pattern uses a construct that has no translation."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f"pattern {pattern!r} cannot be translated from Java: {reason}")


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a model's pattern for use with `fullmatch`; `PatternError` if it has no equal in Python."""
    try:
        return re.compile(_Translation(pattern).run(), re.ASCII)
    except re.error as error:
        raise PatternError(pattern, str(error)) from error


class _Translation:
    """One pass over a pattern; `position` is where the next unread character is."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0

    def run(self) -> str:
        """Translate the whole pattern."""
        parts: list[str] = []
        while self.position < len(self.pattern):
            parts.append(self._outside(self._take()))
        return "".join(parts)

    def _take(self) -> str:
        self.position += 1
        return self.pattern[self.position - 1]

    def _take_match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self.pattern, self.position)
        if found:
            self.position = found.end()
        return found

    def _outside(self, character: str) -> str:
        if character == "\\":
            return self._escape(inside=False)
        if character == "[":
            return self._class()
        if character == ".":
            return _ANY
        if character in "^$":
            self._take_match(_QUANTIFIER)  # an anchor repeated is the anchor; Python refuses to repeat one
            return character
        if character == "(" and re.match(r"\?<[A-Za-z]", self.pattern[self.position :]):
            self.position += 2
            return "(?P<"
        return character

    def _class(self) -> str:
        parts = ["["]
        if self.pattern.startswith("^", self.position):
            parts.append(self._take())
        while self.position < len(self.pattern):
            character = self._take()
            if character == "]":
                return "".join([*parts, "]"])
            parts.append(self._inside(character))
        raise PatternError(self.pattern, "a character class is not closed")

    def _inside(self, character: str) -> str:
        if character == "\\":
            return self._escape(inside=True)
        if character == "[" or (character == "&" and self.pattern.startswith("&", self.position)):
            raise PatternError(self.pattern, "character classes within one another")
        return character if character == "-" else re.escape(character)

    def _escape(self, *, inside: bool) -> str:
        if self.position == len(self.pattern):
            raise PatternError(self.pattern, "it ends in a backslash")
        if found := self._take_match(_CODE_POINT):
            return self._code_point(int(found[1] or found[2] or found[3], 16))
        character = self._take()
        if character in "pP":
            return self._property(negated=character == "P", inside=inside)
        if character == "z" and not inside:
            return r"\Z"
        if character == "Z" and not inside:
            return r"(?=\n?\Z)"
        if character in _SAME_ESCAPES or not (character.isascii() and character.isalnum()):
            return "\\" + character
        raise PatternError(self.pattern, f"\\{character}")

    def _code_point(self, code: int) -> str:
        if 0xD800 <= code <= 0xDBFF and (low := self._take_match(_LOW_SURROGATE)):
            code = 0x10000 + ((code - 0xD800) << 10) + (int(low[1], 16) - 0xDC00)
        return f"\\U{code:08x}"

    def _property(self, *, negated: bool, inside: bool) -> str:
        found = self._take_match(_PROPERTY)
        name = (found[1] or found[2]) if found else ""
        ranges = _POSIX.get(name) or _categories().get(name)
        if not ranges:
            raise PatternError(self.pattern, f"there is no character property {name!r}")
        text = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in (_complement(ranges) if negated else ranges))
        return text if inside else f"[{text}]"


def _complement(ranges: _Ranges) -> _Ranges:
    starts = [0, *(high + 1 for _, high in ranges)]
    ends = [*(low - 1 for low, _ in ranges), _LAST]
    return tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)


@cache
def _categories() -> dict[str, _Ranges]:
    """Return the ranges of every general category of Unicode: `Lu`, and `L` for all that begin with it."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for category, group in groupby(range(_LAST + 1), key=lambda code: unicodedata.category(chr(code))):
        codes = list(group)
        found[category].append((codes[0], codes[-1]))
        found[category[0]].append((codes[0], codes[-1]))
    return {name: tuple(ranges) for name, ranges in found.items()}

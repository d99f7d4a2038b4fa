"""A page as a browser sees it: its forms, its elements and their attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form's address and the values a browser would send with it."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    can_be_sent: bool = True


@dataclass
class Element:
    """A start tag."""

    tag: str
    attributes: dict[str, str]


class Page(HTMLParser):
    """The forms and start tags of an HTML text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.elements: list[Element] = []
        self._open: Form | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect a start tag; an input belongs to the form that is open."""
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, attributes))
        if tag == "form":
            self._open = Form(attributes.get("action", ""))
            self.forms.append(self._open)
        elif tag == "input" and self._open is not None and "name" in attributes:
            self._open.values[attributes["name"]] = attributes.get("value", "")
        elif tag == "button" and self._open is not None:
            self._open.can_be_sent = "disabled" not in attributes

    def handle_endtag(self, tag: str) -> None:
        """Close the open form."""
        if tag == "form":
            self._open = None

    def find(self, tag: str, **attributes: str) -> Element | None:
        """Return the first element of a tag with these attributes."""
        for element in self.elements:
            if element.tag == tag and attributes.items() <= element.attributes.items():
                return element
        return None

    def form_to(self, end: str) -> Form | None:
        """Return the first form with this end of its address and a button that can be pressed."""
        return next((form for form in self.forms if form.action.endswith(end) and form.can_be_sent), None)

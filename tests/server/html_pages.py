"""What is in a page, for tests that look at its structure rather than at its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Elements before which no space is.
_INLINE = frozenset({'a', 'b', 'mark', 'title', 'option'})


@dataclass
class Element:
    """An element without what is inside it."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Page(HTMLParser):
    """A page that was parsed as browsers do."""

    markup: str
    elements: list[Element] = field(default_factory=list)
    text: str = ''
    #: The text with spaces where a cell or a block begins.
    spaced: str = ''

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        if tag not in _INLINE:
            self.spaced += ' '
        self.elements.append(Element(tag, {name: value or '' for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data
        self.spaced += data

    def all(self, tag: str) -> list[Element]:
        """Return the elements of a tag."""
        return [element for element in self.elements if element.tag == tag]

    @property
    def words(self) -> str:
        """Return the text with single spaces."""
        return ' '.join(self.spaced.split())

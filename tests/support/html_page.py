"""A page as a browser takes it: its elements, its words, and what in it could run or load."""

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "path", "rect"}
HARMLESS = {
    "html", "head", "meta", "title", "link", "body", "main", "nav", "a", "form", "label", "input", "button", "table",
    "thead", "tbody", "tr", "th", "td", "p", "strong", "h1", "h2", "h3", "small", "dl", "dt", "dd", "section", "time",
    "b", "i", "span", "del", "details", "summary", "pre", "svg", "defs", "marker", "path", "rect", "text", "ul", "li",
}  # fmt: skip


class HtmlPage(HTMLParser):
    """Attributes: `elements`, each its tag and attributes; `words`, all text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See the base class."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """See the base class."""
        self.words += f" {' '.join(data.split())}"

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for known, attributes in self.elements if known == tag]

    def wrong(self) -> list[str]:
        """What could run, or load from elsewhere."""
        found = [tag for tag, _ in self.elements if tag not in HARMLESS]
        for tag, attributes in self.elements:
            for name, value in attributes.items():
                leads = name in ("href", "src", "action", "formaction", "content" if tag == "meta" else "href")
                outside = leads and not value.startswith(("/calls", "#turn-", "#record")) and tag != "meta"
                if name.startswith("on") or name in ("style", "srcdoc") or outside or "javascript:" in value:
                    found.append(f"{tag} {name}={value}")
        return found

    def field(self, name: str) -> str:
        """The value of a form's field."""
        return next(attributes["value"] for attributes in self.all("input") if attributes.get("name") == name)

"""Pages as a browser reads them: forms with fields, links with parameters, and scripts."""

import re
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href", "data", "srcdoc")


class Form(NamedTuple):
    """Where a form goes, how, and the fields that it has as it is shown."""

    path: str
    method: str
    fields: dict[str, str]


class Page(HTMLParser):
    """The content of a page; `runs` are scripts that it would execute, and should not."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.runs: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.runs += [f"<{tag} {name}={value}>" for name, value in given.items() if is_code(name, value)]
        if (tag == "script" and "src" not in given) or (tag == "img" and given.get("src") == "x"):
            self.runs.append(f"<{tag}>")
        self.links += [given[name] for name in ADDRESSES if name in given]
        if tag == "form":
            path = urlsplit(given.get("action", "")).path
            self.forms.append(Form(path, given.get("method", "get").upper(), {}))
        if tag in ("input", "select", "textarea", "button") and given.get("name") and self.forms:
            self.forms[-1].fields.setdefault(given["name"], given.get("value", ""))


def text_of(html: str) -> str:
    """The words of a fragment, without the data of its charts."""
    return " ".join(re.sub(r"<template>.*?</template>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def is_code(name: str, value: str) -> bool:
    """Whether an attribute would run a script: an event handler or a script URL."""
    address = name in ADDRESSES and value.strip().lower().startswith(
        ("javascript:", "data:text", "vbscript:")
    )
    return address or name.startswith("on")


def parameters(pages: dict[str, Page]) -> dict[str, set[str]]:
    """The names of parameters that forms and links give to each path."""
    found: dict[str, set[str]] = {}
    for here, page in pages.items():
        for form in page.forms:
            if form.method == "GET":
                found.setdefault(form.path or urlsplit(here).path, set()).update(form.fields)
        for link in (here, *page.links):
            parts = urlsplit(link)
            names = parse_qs(parts.query, keep_blank_values=True)
            found.setdefault(parts.path or urlsplit(here).path, set()).update(names)
    return found

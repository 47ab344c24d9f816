"""A body of revolution in space as one HTML file that needs no other: the component of the page, with its data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from fusiform.app.drawings.component_sources import component_sources

STYLE = """
:root { color-scheme: light dark; --st-font: system-ui, sans-serif; --st-primary-color: #2a78d6;
  --st-background-color: light-dark(#fff, #1f1e1b); --st-secondary-background-color: light-dark(#eef1f5, #2b2a27);
  --st-text-color: light-dark(#1c2733, #eceae4); }
body { margin: 1rem; background: var(--st-background-color); } h1 { font: 600 1.1rem var(--st-font); margin: 0 0 .6rem;
  color: var(--st-text-color); } .frame { max-height: 82vh; }
"""


def standalone(data: Mapping[str, Any], title: str) -> str:
    """The HTML text of `data`, see `component.payload`; light or dark as the reader's system is."""
    sources = component_sources("space")
    script = sources["js"].replace("export default function", "const mount = function", 1)
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{sources["css"]}{STYLE}</style>'
        f"<h1>{escape(title)}</h1>{sources['html']}"
        f'<script type="module">{script}\nmount({{ data: {text}, parentElement: document.body }});</script></html>'
    )

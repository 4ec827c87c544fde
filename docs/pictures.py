"""Draw the pictures of the README: what `rem` prints, as SVG that needs no font from elsewhere."""

import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

PAPER, INK = (250, 248, 244), (35, 33, 29)
COLOURS = [
    *((35, 33, 29), (128, 49, 41), (8, 87, 67), (158, 103, 2)),
    *((42, 84, 179), (82, 34, 154), (14, 124, 156), (107, 102, 92)),
]
THEME = TerminalTheme(PAPER, INK, COLOURS, COLOURS)


def drawn(text: str, title: str) -> str:
    """Terminal output with its colours as an SVG."""
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=80, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(text))
    svg = console.export_svg(title=title, theme=THEME)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono'")


if __name__ == "__main__":
    out, title = sys.argv[1:]
    Path(out).write_text(drawn(sys.stdin.read(), title), encoding="utf-8")

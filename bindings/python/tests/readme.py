"""The README's Python. As a program, writes each block into a file of a folder, for type checkers."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def blocks(readme: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)


BLOCKS = blocks(ROOT / "bindings/python/README.md")


def block(marker: str) -> str:
    """Returns the one block that contains the marker."""
    (found,) = [text for text in BLOCKS if marker in text]
    return found


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(BLOCKS + blocks(ROOT / "README.md")):
        name = "approvals" if text == block("def waiting") else f"readme_{number}"
        (folder / f"{name}.py").write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

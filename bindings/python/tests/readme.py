"""The README's Python. As a program, writes each block into a file of a folder, for type checkers."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCKS: list[str] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def block(marker: str) -> str:
    """Returns the one block that contains the marker."""
    (found,) = [text for text in BLOCKS if marker in text]
    return found


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(BLOCKS):
        name = "approvals" if text == block("def waiting") else f"readme_{number}"
        (folder / f"{name}.py").write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

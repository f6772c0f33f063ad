# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the guides and of README.md.

Files that a page shows, and commands with the output that it shows.

In a guide a file is a ``code-block`` with a ``:caption:``, in Markdown a fence with ``title="..."``; the caption is the file's name. A command is a line
of a ``console`` block that begins with ``$``; the lines below it, to the next command, are output.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_RST = re.compile(r"^(?P<indent> *)\.\. code-block:: (?P<language>\S+)\n(?P<body>(?:(?P=indent) +.*\n|[ \t]*\n)+)", re.M)
_OPTION = re.compile(r"^ *:(\w+): (.*)$")
_MARKDOWN = re.compile(r"^(?P<indent> *)```(?P<language>\w+)(?: title=\"(?P<file>[^\"]+)\")?\n(?P<body>.*?)^(?P=indent)```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """One code block: its language, its text, and the name of the file that it is, empty for none."""

    language: str
    text: str
    file: str = ""


@dataclass(frozen=True)
class Command:
    """A command line and the output lines that the page shows below it."""

    line: str
    output: tuple[str, ...]


def pages() -> list[Path]:
    """README.md, the README of each role, the pages in Markdown and the guides."""
    found = [ROOT / "README.md", *(ROOT / "roles").glob("*/README.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/docsite/rst").glob("*.rst")]
    return sorted(found)


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page, in order."""
    text = page.read_text()
    return list(_markdown(text) if page.suffix == ".md" else _rst(text))


def _rst(text: str) -> Iterator[Block]:
    for found in _RST.finditer(text):
        lines = textwrap.dedent(found["body"]).strip("\n").split("\n")
        options = {}
        while lines and (option := _OPTION.match(lines[0])):
            options[option[1]] = option[2]
            lines.pop(0)
        yield Block(found["language"], "\n".join(lines).strip("\n") + "\n", options.get("caption", ""))


def _markdown(text: str) -> Iterator[Block]:
    for found in _MARKDOWN.finditer(text):
        yield Block(found["language"], textwrap.dedent(found["body"]), found["file"] or "")


def commands(block: Block) -> list[Command]:
    """The commands of a ``console`` block; a line that ends with a backslash continues in the next one."""
    out: list[tuple[str, list[str]]] = []
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            out.append((" ".join(line[2:].split()), []))
        elif out and line.strip():
            out[-1][1].append(line)
    return [Command(line, tuple(output)) for line, output in out]


def missing(command: Command, printed: str) -> list[str]:
    """Lines of the page that the command did not print.

    White space counts as one blank, ``...`` stands for any text.
    """
    real = "\n".join(" ".join(line.split()) for line in printed.splitlines())
    return [line for line in command.output if not re.search(".*".join(map(re.escape, " ".join(line.split()).split("..."))), real)]

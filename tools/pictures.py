# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make pictures``: makes the pictures of README.md from real output of ansible-playbook.

It starts and stops a control plane.

The playbook is the one of the guide "The first release". Long lines are wrapped; a line ``...`` stands for lines that are left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import BUILD, ROOT, collection, environment, say, venv  # next to this file

WIDTH = 120
PICTURES = ROOT / "docs" / "pictures"
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_first_release.rst"


def excerpt(printed: str, begin: str, dump: tuple[str, str] | None = None) -> str:
    """What is printed from the line with ``begin`` on.

    ``dump``: the lines from one text to another are left out.
    """
    lines = [line.rstrip() for line in printed.splitlines()]
    first = next(i for i, line in enumerate(lines) if begin in line)
    last = next(i for i, line in enumerate(lines) if "PLAY RECAP" in line)
    lines = lines[first : last + 2]
    if dump:
        start = next(i for i, line in enumerate(lines) if dump[0] in line)
        end = next(i for i, line in enumerate(lines) if dump[1] in line)
        lines[start:end] = ["..."]
    return "\n".join(lines)


def draw(command: str, text: str, title: str, file: Path) -> None:
    """Writes the text, with its colours, as an SVG file without references to other hosts."""
    # rich is in requirements/docs.txt, and this function runs with the Python of that file
    from rich.console import Console
    from rich.terminal_theme import MONOKAI
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"), force_terminal=True, color_system="truecolor")  # noqa: SIM115, PTH123
    console.print(Text(f"$ {command}", style="bold"))
    for line in Text.from_ansi(text).split("\n", allow_blank=True):
        indent = len(line.plain) - len(line.plain.lstrip()) + 2
        first, *rest = line.wrap(console, WIDTH - indent) if len(line.plain) > WIDTH else [line]
        console.print(first)
        for part in rest:  # below the text of the line, not below its margin
            part.pad_left(indent)
            console.print(part)
    console.print()  # the frame cuts into the last line
    svg = console.export_svg(title=title, theme=MONOKAI, unique_id=file.stem)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)
    svg = re.sub(r"[ \t]+$", "", svg, flags=re.M)
    file.write_text(svg + ("" if svg.endswith("\n") else "\n"))


def main() -> int:
    if sys.argv[1:2] == ["draw"]:
        command, title, file = sys.argv[2:]
        draw(command, sys.stdin.read(), title, Path(file))
        return 0
    sys.path[:0] = [str(ROOT / "tests" / "cluster"), str(ROOT / "tests" / "guides")]
    import pages

    bin_folder, docs = venv("dev"), venv("docs")
    work = BUILD / "pictures"
    env = environment(bin_folder, ANSIBLE_COLLECTIONS_PATH=str(collection("collections-pictures")), XDG_CACHE_HOME=str(work / "cache"))
    for block in pages.blocks(GUIDE):
        if block.file:
            (work / block.file).parent.mkdir(parents=True, exist_ok=True)
            (work / block.file).write_text(block.text)
    plane = [str(bin_folder / "python"), str(ROOT / "tests" / "cluster" / "controlplane.py")]
    where = ["--dir", str(BUILD / "pictures-cluster")]
    say("starting a control plane")
    env["XDG_CACHE_HOME"] = str(Path(os.environ.get("HOME", "~")).expanduser() / ".cache")  # the built programs are there
    up = subprocess.run([*plane, "up", *where], env=env, check=True, capture_output=True, text=True)
    env |= {"KUBECONFIG": up.stdout.strip(), "ANSIBLE_FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "XDG_CACHE_HOME": str(work / "cache")}
    env |= {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    env.pop("ANSIBLE_NOCOLOR")

    def play(command: str) -> str:
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.run(command.split(), env=env, cwd=work, text=True, **streams).stdout  # type: ignore[call-overload]

    def picture(command: str, text: str, title: str, name: str) -> None:
        arguments = [str(docs / "python"), __file__, "draw", command, title, str(PICTURES / name)]
        subprocess.run(arguments, input=text, text=True, check=True)
        say(f"docs/pictures/{name}")

    try:
        play("ansible-playbook hello.yml")
        command = "ansible-playbook hello.yml --check --diff -e replicas=3 -e cpu=100m"
        picture(command, excerpt(play(command), "TASK [Install"), "Check mode predicts the change", "check-diff.svg")
        command = "ansible-playbook hello.yml -e cpu=1000"
        text = excerpt(play(command), "TASK [Install", ("Origin: ", "windlass.charts: why"))
        picture(command, text, "A failure, its reason and its evidence", "failure.svg")
    finally:
        subprocess.run([*plane, "down", *where], env=env, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

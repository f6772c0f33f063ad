# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make docs``: the documentation site, built by antsibull-docs and Sphinx.

And the checks of markup that ``make lint`` runs.

The build needs no network. References to pages of Ansible itself are the only warnings that are accepted; a build with network resolves
them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sanity  # next to this file
from places import BUILD, ROOT, environment, run, say, venv

#: labels and variables of Ansible's own documentation
OF_ANSIBLE = re.compile(
    r"undefined label: '(action_plugins|callback_plugins|common_return_values|ansible_configuration_settings)'"
    r"|undefined label: 'ansible_collections\.ansible\.builtin\.\S+'"
    r"|'envvar' reference target not found: ANSIBLE_\w+"
)
#: a macro of semantic markup, in which a backslash escapes a parenthesis, or an older one, which has no escape
MACRO = re.compile(r"\b(?:(?:[EOPV]|RV)\((?P<semantic>(?:[^)\\]|\\.)*)\)|[BCILMRU]\((?P<older>[^)]*)\))")


def docs() -> bool:
    """Builds the site into ``.build/docs/site/build/html``; False on a warning about this collection."""
    bin_folder = venv("docs")
    folder = BUILD / "docs"
    shutil.rmtree(folder, ignore_errors=True)
    sanity.copy(folder)
    site = folder / "site"
    (site / "rst").mkdir(parents=True, mode=0o755)
    env = environment(bin_folder, ANSIBLE_COLLECTIONS_PATH=str(folder))
    tool = [str(bin_folder / "antsibull-docs")]
    common = ["--use-current", "--squash-hierarchy", "--fail-on-error"]
    if run([*tool, "sphinx-init", *common, "--dest-dir", str(site), "windlass.charts"], env, folder):
        return False
    with (site / "conf.py").open("a") as file:
        file.write("\nintersphinx_mapping = {}\n")
    collect = ["--config-file", "antsibull-docs.cfg", "collection", "--cleanup", "everything", *common, "--dest-dir", "rst"]
    if run([*tool, *collect, "windlass.charts"], env, site):
        return False
    build = [str(bin_folder / "sphinx-build"), "-M", "html", "rst", "build", "-c", ".", "--keep-going", "-q"]
    done = subprocess.run(build, env=env, cwd=site, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    found = [line for line in (done.stdout + done.stderr).splitlines() if re.search("WARNING|ERROR", line)]
    warnings = [line for line in found if not OF_ANSIBLE.search(line)]
    print("\n".join(warnings), end="\n" if warnings else "")
    say(f"the site: {site / 'build' / 'html' / 'index.html'}")
    return done.returncode == 0 and not warnings


def markup() -> list[str]:
    """Places in module documentation where Ansible's markup ends at an inner parenthesis.

    For example ``C(f(x))``.
    """
    return [f"{path.relative_to(ROOT)}:{line}: {text}" for path in _documented() for line, text in broken(path.read_text())]


def broken(text: str) -> Iterator[tuple[int, str]]:
    """(line, macro) of each macro that ends before its own closing parenthesis.

    It contains a parenthesis that is open where it ends.
    """
    for found in MACRO.finditer(text):
        inside = found["semantic"] if found["older"] is None else found["older"]
        if inside.count("(") > inside.count(")"):
            yield text.count("\n", 0, found.start()) + 1, found[0]


def _documented() -> list[Path]:
    folders = ("modules", "doc_fragments", "callback", "inventory")
    found = [path for folder in folders for path in sorted((ROOT / "plugins" / folder).glob("*.py"))]
    return found + sorted((ROOT / "roles").glob("*/meta/argument_specs.yml"))


def lint(copy: Path) -> bool:
    """antsibull-docs over documentation and guides of the copy of the collection; markup; licences."""
    bin_folder = venv("docs")
    env = environment(bin_folder, ANSIBLE_COLLECTIONS_PATH=str(copy.parents[2]))
    say("markup of the documentation")
    faults = markup()
    print("\n".join(faults), end="\n" if faults else "")
    say("antsibull-docs lint-collection-docs")
    # it reads the files that git lists; the outer repository ignores the copy, so without its own repository it would find no module
    subprocess.run(["git", "init", "--quiet", str(copy)], check=True, env=env)
    command = [str(bin_folder / "antsibull-docs"), "lint-collection-docs", "--plugin-docs", "--check-extra-docs-refs", str(copy)]
    good = run(command, env, copy) == 0
    say("reuse lint")
    return run([str(bin_folder / "reuse"), "lint", "--quiet"], env) == 0 and good and not faults


if __name__ == "__main__":
    sys.exit(0 if docs() else 1)

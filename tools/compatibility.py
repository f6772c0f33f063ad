# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes docs/compatibility.md: what is compared with the real helm, and what differs and why.

    compatibility.py [--corpus FOLDER ...] [--check]

The first part depends on the tests only; ``--check`` compares the file with it and writes nothing. The second part counts the results for
a corpus of charts (every chart with its defaults, and once for each file in its ``ci`` folder). Without a corpus it stays as it is. No
chart of a corpus is part of the project: only counts come from it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "compatibility.md"
PARITY = ROOT / "tests" / "parity"
FUZZ = ROOT / "tests" / "fuzz"
sys.path[:0] = [str(ROOT / "plugins"), str(PARITY), str(ROOT / "tests" / "cluster")]

import build

BEGIN, END = "<!-- corpus: begin -->", "<!-- corpus: end -->"
NO_CORPUS = "Not measured yet: run `make compatibility CORPUS=folder`."
ACTION = re.compile(r"\{\{(?!-?\s*/\*)(.*?)\}\}", re.DOTALL)
TEXT = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\'\\])*\'', re.DOTALL)
NAME = re.compile(r"(?<![\w.$])[A-Za-z_]\w*")
VERDICTS = ("identical", "same error", "rejected by both with different messages", "differs")


# ------------------------------------------------------------------------------------------------------- what is there


def functions() -> dict[str, str]:
    """Name -> where it comes from: Go's own, sprig's, Helm's."""
    from module_utils._engine.gotmpl.builtins import BUILTINS
    from module_utils._engine.render.functions import functions as helms
    from module_utils._engine.sprig.context import Context
    from module_utils._engine.sprig.table import functions as sprigs

    own = dict.fromkeys((*helms(), "include", "tpl", "required", "fail", "lookup"), "Helm")
    return {**dict.fromkeys(sprigs(Context(None, None)), "sprig"), **dict.fromkeys(BUILTINS, "Go"), **own}


def names_in(text: str) -> set[str]:
    """Names in actions, outside of strings."""
    return {name for action in ACTION.findall(text) for name in NAME.findall(TEXT.sub('""', action))}


def texts_of(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix in (".yaml", ".yml", ".tpl", ".txt", ".json", ".toml", ".conf"):
            yield path.read_text(errors="replace")


def case_texts() -> list[str]:
    """One text for each committed case that is compared with helm.

    A case file, a chart of this project, or a row of the fuzzer's tables.
    """
    texts = [path.read_text(errors="replace") for path in sorted((PARITY / "cases").glob("*.yaml"))]
    texts += ["\n".join(texts_of(chart.parent)) for chart in sorted((PARITY / "charts").glob("**/Chart.yaml"))]
    for path in sorted((FUZZ / "cases").glob("*.yaml")):
        texts += [yaml.safe_dump(row, width=10**9, allow_unicode=True) for row in yaml.safe_load(path.read_text()) or []]
    return texts


def count_functions(texts: Iterable[str], known: dict[str, str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        found.update(names_in(text) & known.keys())
    return found


# ---------------------------------------------------------------------------------------------------- the first part


def table(head: list[str], rows: Iterable[Iterable[Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def known_differences() -> list[tuple[str, str, str]]:
    """Where it shows, what, why; from the ledger and from what the fuzzer excuses."""
    ledger = yaml.safe_load((PARITY / "ledger.yaml").read_text()) or {}
    found = [("test case", name, reason) for name, reason in sorted(ledger.items())]
    found += [("fuzzer", row["name"], row["reason"]) for row in yaml.safe_load((FUZZ / "known.yaml").read_text()) or []]
    return found


def first_part() -> str:
    known = functions()
    texts = case_texts()
    used = count_functions(texts, known)
    cases = len(list((PARITY / "cases").glob("*.yaml")))
    charts = len(list((PARITY / "charts").glob("*/Chart.yaml")))
    rows = sum(len(yaml.safe_load(path.read_text()) or []) for path in (FUZZ / "cases").glob("*.yaml"))
    kinds = Counter(known.values())
    differences = known_differences()
    helms = f"helm {build.HELM4} and helm {build.HELM3}"
    by_name = sorted(known, key=lambda name: (name.lower(), name))
    parts = [
        "# Compatibility",
        f"Rendered charts are compared with **helm {build.HELM4}**, built from its Go module with the version of a release. The "
        "same chart, values and options are passed to `helm template` and to this collection's engine. Both must return the same output, "
        "byte for byte, or the same error message. If two runs of helm differ (passwords, certificates, the clock), the number of "
        "lines and the lines that do not differ must be the same.",
        "`make compatibility` generates this page; `make parity` runs the comparisons that it counts.",
        "## What every run of `make parity` compares",
        table(
            ["what", "how many"],
            [
                ("test cases of this collection, one behaviour each (`tests/parity/cases`)", cases),
                ("charts of this collection, one topic each (`tests/parity/charts`), with different options", charts),
                ("past findings of the fuzzer (`tests/fuzz/cases`)", rows),
                (f"charts in the test data of {helms}, invalid ones too, with different flags and values files", "all"),
                (f"charts that are part of kwok {build.KWOK}", "all"),
                ("the chart of `helm create`, the example charts, random trees of subcharts", "with different options"),
                ("`helm lint` compared with `chart_lint`", "the test cases and helm's charts"),
                ("known differences among them (`tests/parity/ledger.yaml`; the run fails if one passes)", len(differences) - _fuzzed()),
            ],
        ),
        "`make fuzz` compares random templates, functions, values, `--set` texts, YAML, JSON and schemas with Helm's own Go packages, "
        "about ten thousand a minute.",
        "## What differs, and why",
        table(["found in", "what", "why"], differences) if differences else "No difference is known.",
        "A `$ref` to a file or a URL in a values.schema.json is never fetched. If Helm would fetch it, the chart is rejected with a "
        "message that says so; `skip_schema_validation` skips the schema. Time, memory and lengths are limited: see [limits](limits.md).",
        "## Functions",
        f"{len(known)} functions: {kinds['sprig']} of sprig, {kinds['Helm']} of Helm, {kinds['Go']} of Go's templates. The last column is "
        "the number of test cases in the repository that use the function. `tests/parity/test_functions.py` calls each function of sprig "
        "and Helm with arguments of matching types, and compares the result with helm. The fuzzer calls all functions except random and "
        "slow ones.",
        table(["function", "of", "cases"], [(f"`{name}`", known[name], used[name]) for name in by_name]),
    ]
    return "\n\n".join(parts)


def _fuzzed() -> int:
    return len(yaml.safe_load((FUZZ / "known.yaml").read_text()) or [])


# ------------------------------------------------------------------------------------------------------------ a corpus


def corpus_cases(folders: list[Path]) -> list[tuple[str, str]]:
    """Top-level charts and their values files: ``(chart, "")`` or ``(chart, values)``."""
    found: list[tuple[str, str]] = []
    for folder in folders:
        for path in sorted(folder.rglob("Chart.yaml")):
            chart = path.parent
            if chart.parent.name == "charts" and (chart.parent.parent / "Chart.yaml").exists():
                continue
            found.append((str(chart), ""))
            found += [(str(chart), str(values)) for values in sorted((chart / "ci").glob("*.yaml"))[:8]]
    return found


_JUDGE: Any = None


def _judge() -> Any:
    global _JUDGE  # one for each process of the pool
    if _JUDGE is None:
        import tempfile

        import conftest

        helm = conftest.Oracle(conftest.find_helm(), Path(tempfile.mkdtemp(prefix="windlass-helm-")))
        _JUDGE = (conftest, helm, conftest._load_script())
    return _JUDGE


def compare(case: tuple[str, str]) -> tuple[str, str]:
    """The verdict of one case, and what differs."""
    conftest, helm, script = _judge()
    chart, values = case
    args = ["rel", chart, "--namespace", "ns1", "--include-crds", *(["--values", values] if values else [])]
    first = helm.template(*args)
    got = conftest.render(script, *args)
    if first.code and got.code:
        return (VERDICTS[1] if first.error == got.error else VERDICTS[2]), f"{first.error[-200:]} / {got.error[-200:]}"
    difference = conftest.difference(first, first, got)
    if difference and not first.code:
        # A cached answer does not show what changes from run to run, and where chance has few ways (the length of a serial
        # number moves a certificate's lines by a sign) two runs are often alike.
        fresh = [helm.template(*args, cached=False) for _run in range(8)]
        lines = zip(*(run.out.split(b"\n") for run in fresh), strict=False)
        steady = b"\n".join(line[0] if len(set(line)) == 1 else line[0] + b" changes" for line in lines)
        difference = conftest.difference(fresh[0], conftest.Result(0, steady, ""), got)
    return (VERDICTS[3] if difference else VERDICTS[0]), difference


def corpus_part(folders: list[Path]) -> str:
    cases = corpus_cases(folders)
    charts = sorted({chart for chart, _values in cases})
    print(f"{len(charts)} charts, {len(cases)} cases")
    count: Counter[str] = Counter()
    started = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        for (chart, values), (verdict, why) in zip(cases, pool.map(compare, cases, chunksize=8), strict=True):
            count[verdict] += 1
            if verdict in VERDICTS[2:]:
                print(f"{verdict}: {chart} {Path(values).name}\n    " + why.replace("\n", "\n    ")[:600])
    print(f"{dict(count)} in {time.monotonic() - started:.0f} s")
    known = functions()
    used = count_functions(("\n".join(texts_of(Path(chart))) for chart in charts), known)
    total = len(cases)
    homes = {Path(chart).relative_to(folder).parts[:1] for folder in folders for chart in charts if Path(chart).is_relative_to(folder)}
    agreed = total - count["differs"]
    return "\n\n".join(
        [
            f"{len(charts)} charts of {len(homes)} public repositories, {total} cases (default values, and the values in each chart's `ci` "
            f"folder): {100 * agreed / total:.2f} % agree.",
            table(["verdict", "cases"], [(verdict, count[verdict]) for verdict in VERDICTS]),
            f"{sum(1 for name in known if used[name])} of the functions are used in these charts. The most common, "
            "with the number of charts: " + ", ".join(f"`{name}` ({number})" for name, number in used.most_common(40)) + ".",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", nargs="*", type=Path, default=[])
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    old = TARGET.read_text() if TARGET.exists() else ""
    results = old.partition(BEGIN)[2].partition(END)[0].strip() or NO_CORPUS
    first = first_part()
    if args.check:
        if old.partition("\n## A corpus of public charts\n")[0].strip() == first.strip():
            return 0
        print(f"{TARGET.relative_to(ROOT)} is out of date: make compatibility", file=sys.stderr)
        return 1
    folders = [folder.resolve() for folder in args.corpus]
    if folders:
        results = corpus_part(folders)
    TARGET.write_text(f"{first}\n\n## A corpus of public charts\n\n{BEGIN}\n{results}\n{END}\n")
    print(f"wrote {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

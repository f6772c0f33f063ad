# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists words that a reader has to translate, and what to write instead.

Four kinds of text are searched: messages (strings of ``plugins/`` that a user can see), documentation (of modules, fragments, roles and
guides), docstrings and comments. Names in docstrings and comments (code between double backticks, parameters) are not searched: they
repeat the code. Names that ``plugins/`` defines (files, functions, classes, parameters, variables, attributes) are searched word by word
for metaphors: ``BANNED_NAMES``. The first line of a docstring has at most 100 characters. Of ``tests/``,
``tools/`` and ``benchmarks/`` only docstrings, comments and names are searched; ``TEST_NAMES`` are allowed there.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import ROOT

#: pattern -> what to write instead
BANNED = {
    r"fore(?:tell|tells|told|see|sees|seen|saw)": "predict",
    r"anew|once more": "again",
    r"somebody(?: else(?:'s)?)?|someone(?: else(?:'s)?)?": "another client, another owner",
    r"nobody": "no user, no client, unowned",
    r"whoever": "the user who",
    r"ours|theirs": "this collection, Helm",
    r"by lot": "random",
    r"drawn|draws": "generated",
    r"from the client's side": "client-side",
    r"beside": "next to, compared with",
    r"(?:is|are|was|were) no(?= (?:duration|path|pattern|YAML|JSON|text|object|number|table|certificate|name)\b)": "is not a valid",
    r"(?:hand|hands|handed) (?:in|on|out|over)": "return, pass",
    r"bears?(?= the)": "has",
    r"in the way of": "blocks",
    r"(?:is|are|was|were) waited for": "active voice: waits for",
    r"vanish(?:es|ed)?": "is terminated, is deleted",
    r"(?:is|was|are|were) asked for": "requested",
    r"shall": "must, will",
    r"stands? (?:in|there|below|behind)": "is in",
    r"lies? (?:in|below|behind|there)": "is in",
    r"(?:not|nor) told": "not reported",
    r"is told(?: by)?": "is reported, is determined from",
    r"by hand": "manually",
    r"contradicts?": "is mutually exclusive with",
    r"not built(?: yet)?": "not supported (yet)",
    r"for ever": "forever, in a loop",
    r"cut off": "truncated",
    r"goes round": "forms a loop",
    r"take[sn]? in": "accept, adopt",
    r"what is the matter": "the reason",
    r"speaks of": "refers to",
    r"no sign of life": "has not been renewed",
}
#: word of a name -> what to write instead
BANNED_NAMES = {
    "anew": "again",
    "apart": "separate",
    "ask": "request, query",
    "asked": "requested, queries",
    "beside": "temporary, next to",
    "blame": "find_cause",
    "born": "created",
    "borne": "maximum",
    "claim": "conflict",
    "claims": "conflicts",
    "draw": "recorded call",
    "drawn": "generated",
    "draws": "recorder",
    "foresee": "predict",
    "foreseen": "predicted",
    "foretell": "predict",
    "foretold": "predicted",
    "give": "return, set",
    "gives": "returns",
    "hands": "workers",
    "heads": "metadata",
    "hear": "handle_event",
    "kept": "cached, retained, preserved",
    "latch": "session",
    "look": "read, list, check",
    "looks": "reads",
    "mend": "repair",
    "news": "changed",
    "nobody": "none",
    "ours": "own, belongs_to",
    "owed": "pending",
    "patience": "wait budget, limit",
    "question": "query, lookup, predicate",
    "questions": "queries, lookups, predicates",
    "recall": "refetch",
    "said": "message, reported",
    "say": "report, print",
    "says": "contains, reports",
    "somebody": "other client",
    "tell": "report",
    "teller": "reporter",
    "tells": "reports",
    "theirs": "foreign, Helm's",
    "told": "reported, description",
    "trouble": "error",
    "turn": "slot, attempt",
    "turns": "slots, attempts",
}
#: words of names that are allowed in ``tests/``, ``tools/`` and ``benchmarks/``: sides of a comparison with Helm, parts of fake servers
TEST_NAMES = frozenset(
    "ask asked claims draw heads kept look looks ours patience said say says theirs turn turns".split()  # noqa: SIM905
)
#: end of a path, name, reason: places where a banned word of a name is right
ALLOWED_NAMES = (
    ("_engine/gotmpl/quickparse.py", "GiveUp", "the quick parser and the full one share its name"),
    ("_engine/yamlio/quick.py", "_GiveUp", "the quick parser and the full one share its name"),
    ("_engine/access/identity.py", "_claims", "the claims of a JSON Web Token (RFC 7519)"),
    ("_engine/access/identity.py", "claims", "the claims of a JSON Web Token (RFC 7519)"),
    ("_engine/actions/leftovers.py", "_volume_claims", "Kubernetes: PersistentVolumeClaim"),
    ("_engine/actions/leftovers.py", "volume_claim", "Kubernetes: PersistentVolumeClaim"),
    ("_engine/actions/leftovers.py", "volume_claims", "Kubernetes: PersistentVolumeClaim"),
    ("_engine/objects/readiness.py", "_volume_claim", "Kubernetes: PersistentVolumeClaim"),
    ("_engine/wait/deletion.py", "_users_of_claim", "Kubernetes: PersistentVolumeClaim"),
    ("_engine/wait/legacy.py", "_volume_claim", "Kubernetes: PersistentVolumeClaim"),
)
_WORDS = re.compile(
    r"(?<![\w'-])(?:" + "|".join(f"(?P<w{index}>{pattern})" for index, pattern in enumerate(BANNED)) + r")(?![\w'-])", re.IGNORECASE
)

#: end of a path, text of the line, reason: places where a banned word is right
ALLOWED = (("_engine/plan/saved.py", "drawn anew", "a mark in plan files, which no message shows"),)
MESSAGE, DOCUMENTATION, DOCSTRING, COMMENT, NAME = "message", "documentation", "docstring", "comment", "name"
#: the words of a name in snake_case or CamelCase
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: files of ``tests/`` and ``tools/`` that quote banned words
UNSEARCHED = ("words.py", "test_words.py")
#: characters in the first line of a docstring
FIRST_LINE = 100
#: names in a docstring or comment: code, and the parameter that a line describes
_NAMES = re.compile(r"``[^`\n]+``|:param \w+:")
_DOCUMENTS = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


@dataclass(frozen=True)
class Finding:
    """A banned word. ``path``: relative to the checkout."""

    path: str
    line: int
    kind: str
    word: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind}: {self.word!r}: write {self.instead}"


def find(path: str, line: int, kind: str, text: str) -> Iterator[Finding]:
    """The banned words of a text that begins in ``line``.

    A word across a line break counts for the first of its lines.
    """
    lines = re.sub(r"[^\S\n]*\n[^\S\n]*", "\n", text)
    if kind in (DOCSTRING, COMMENT):
        lines = _NAMES.sub(lambda name: "`" * len(name.group()), lines)
    for match in _WORDS.finditer(lines.replace("\n", " ")):
        word, instead = match.group(), list(BANNED.values())[int((match.lastgroup or "w0")[1:])]
        if not any(path.endswith(end) and allowed in text and word in allowed for end, allowed, _reason in ALLOWED):
            yield Finding(path, line + lines.count("\n", 0, match.start()), kind, word, instead)


@lru_cache(maxsize=1)
def _nodes(source: str) -> tuple[ast.AST, ...]:
    """The nodes of a Python file in the order of ``ast.walk``.

    Without those that have no fields, which are half of them: operators and contexts.
    """
    found: list[ast.AST] = [ast.parse(source)]
    for node in found:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                if value._fields:
                    found.append(value)
            elif isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST) and item._fields]
    return tuple(found)


def of_developers(path: str, source: str) -> Iterator[Finding]:
    """Findings in the docstrings, comments and names of a Python file that no user sees."""
    yield from (item for item in of_python(path, source) if item.kind in (DOCSTRING, COMMENT))
    yield from of_names(path, source, TEST_NAMES)
    yield from long_first_lines(path, source)


def of_python(path: str, source: str) -> Iterator[Finding]:
    """Findings in a Python file. Texts of Helm (values of the keyword ``helm``) are not searched."""
    skipped: set[int] = set()
    for node in _nodes(source):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            skipped.add(id(node.value))
            yield from find(path, node.lineno, DOCSTRING, node.value.value)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if names & _DOCUMENTS or "/doc_fragments/" in path:
                skipped.add(id(node.value))
                yield from find(path, node.lineno, DOCUMENTATION, str(node.value.value))
        elif isinstance(node, ast.keyword) and node.arg == "helm":
            skipped.update(id(inner) for inner in ast.walk(node.value))
    for node in _nodes(source):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped and " " in node.value:
            yield from find(path, node.lineno, MESSAGE, node.value)
    if not any(_WORDS.search(line, line.index("#")) for line in source.splitlines() if "#" in line):
        return  # no comment can hold a banned word; to find the comments takes longer than the rest
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield from find(path, token.start[0], COMMENT, token.string)


def of_names(path: str, source: str, allowed_words: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Banned words in the name of a Python file and in the names that it defines.

    Each name once, where it is first defined.

    :param allowed_words: banned words that are right in this file.
    """
    names = {Path(path).stem: 1}
    for node in _nodes(source):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = node.name
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            name = node.attr
        else:
            continue
        names[name] = min(node.lineno, names.get(name, node.lineno))
    for name, line in names.items():
        words = [word for word in map(str.lower, _PARTS.findall(name)) if word in BANNED_NAMES and word not in allowed_words]
        if words and not any(path.endswith(end) and name == allowed for end, allowed, _reason in ALLOWED_NAMES):
            yield Finding(path, line, NAME, name, BANNED_NAMES[words[0]])


def long_first_lines(path: str, source: str) -> Iterator[Finding]:
    """Docstrings whose first line is longer than ``FIRST_LINE``."""
    for node in _nodes(source):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = (ast.get_docstring(node) or "").partition("\n")[0]
            if len(first) > FIRST_LINE:
                yield Finding(path, node.body[0].lineno, DOCSTRING, first, f"a first line of at most {FIRST_LINE} characters")


def of_text(path: str, source: str) -> Iterator[Finding]:
    """Findings in a guide or in the options of a role."""
    yield from find(path, 1, DOCUMENTATION, source)


def search(root: Path = ROOT) -> list[Finding]:
    """All findings in a checkout, sorted by path and line."""
    found: list[Finding] = []
    for file in sorted((root / "plugins").rglob("*.py")):
        found += of_python(str(file.relative_to(root)), file.read_text())
        found += of_names(str(file.relative_to(root)), file.read_text())
        found += long_first_lines(str(file.relative_to(root)), file.read_text())
    for folder in ("tests", "tools", "benchmarks"):
        for file in sorted((root / folder).rglob("*.py")):
            if file.name not in UNSEARCHED:
                found += of_developers(str(file.relative_to(root)), file.read_text())
    patterns = ("*.md", "docs/**/*.md", "docs/**/*.rst", "roles/**/*.md", "roles/**/*.yml")
    for file in sorted(page for pattern in patterns for page in root.glob(pattern)):
        found += of_text(str(file.relative_to(root)), file.read_text())
    return sorted(found, key=lambda item: (item.path, item.line))


def main() -> int:
    found = search()
    for item in found:
        print(item)
    print(f"words: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

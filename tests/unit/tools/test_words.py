# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of words: which texts it searches, where it finds a word, and what it does not count."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools/words.py"

if not TOOL.is_file():
    pytest.skip("tools are not part of a built collection", allow_module_level=True)


def _load():
    spec = importlib.util.spec_from_file_location("windlass_words", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


words = _load()

SOURCE = '''"""It is made anew."""
DOCUMENTATION = r"""
description:
  - Foretells what
    shall be done.
"""


def refuse(name):
    # nobody reads this
    raise ValueError(f"{name} is no duration, somebody else\'s", helm="nobody waits")
'''


def test_kinds_and_lines():
    found = {(item.kind, item.line, item.word) for item in words.of_python("plugins/modules/x.py", SOURCE)}
    assert found == {
        ("docstring", 1, "anew"),
        ("documentation", 4, "Foretells"),
        ("documentation", 5, "shall"),
        ("comment", 10, "nobody"),
        ("message", 11, "is no"),
        ("message", 11, "somebody else's"),
    }


@pytest.mark.parametrize("text", ["a renewal", "drawn-out", "is no longer there", "a stand-in", "ourselves"])
def test_parts_of_words_are_not_found(text):
    assert list(words.find("docs/x.md", 1, words.DOCUMENTATION, text)) == []


def test_a_word_over_two_lines():
    (item,) = words.of_text("docs/x.md", "first\nit is\n  asked for\n")
    assert (item.line, str(item)) == (2, "docs/x.md:2: documentation: 'is asked for': write requested")


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("docstring", ":param theirs: set to ``drawn`` anew", ["anew"]),
        ("comment", "# ``ours`` is anew", ["anew"]),
        ("message", "``ours`` is anew", ["ours", "anew"]),
    ],
)
def test_names_in_docstrings_and_comments_are_not_found(kind, text, found):
    assert [item.word for item in words.find("plugins/a.py", 1, kind, text)] == found


def test_which_files_are_searched(tmp_path):
    searched = {
        "README.md": "anew\n",
        "docs/adr/1.md": "anew\n",
        "docs/docsite/rst/guide.rst": "anew\n",
        "docs/page.md": "anew\n",
        "plugins/module_utils/a.py": "# anew\n",
        "roles/r/README.md": "anew\n",
        "roles/r/meta/argument_specs.yml": "anew\n",
        "benchmarks/bench.py": "# anew\n",
        "tests/unit/test_a.py": "# anew\n",
        "tools/tool.py": "# anew\n",
    }
    for name, text in {**searched, "tests/unit/test_b.py": 'A = "made anew"\n', "tools/words.py": "# anew\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert [item.path for item in words.search(tmp_path)] == sorted(searched)


def test_the_allow_list_is_in_use():
    """An entry whose text is gone is removed."""
    for end, text, reason in words.ALLOWED:
        holders = [file for file in (TOOL.parents[1] / "plugins").rglob("*.py") if str(file).endswith(end)]
        assert reason and any(text in file.read_text() for file in holders), (end, text)


def test_texts_of_this_collection():
    assert [str(item) for item in words.search()] == []


NAMES = '''
class Teller:
    looks: int = 0

    def told(self, theirs):
        self.kept_work = outlook = theirs
        return self.told

def look_up(): ...
'''


def test_names_are_searched_word_by_word():
    found = {item.word: item.line for item in words.of_names("plugins/module_utils/turns.py", NAMES)}
    assert found == {"turns": 1, "Teller": 2, "looks": 3, "told": 5, "theirs": 5, "kept_work": 6, "look_up": 9}


def test_names_of_tests_are_searched_with_some_words_allowed():
    found = {item.word for item in words.of_developers("tests/unit/test_x.py", NAMES)}
    assert found == {"Teller", "told"}
    assert set(words.BANNED_NAMES) >= words.TEST_NAMES


def test_the_allow_list_of_names():
    """An allowed name is allowed in its own file only, and an entry whose name is gone is removed."""
    assert [item.word for item in words.of_names("_engine/access/identity.py", "claims = 1\nheads = 2")] == ["heads"]
    assert [item.word for item in words.of_names("_engine/other.py", "claims = 1")] == ["claims"]
    for end, name, reason in words.ALLOWED_NAMES:
        holders = [file for file in (TOOL.parents[1] / "plugins").rglob("*.py") if str(file).endswith(end)]
        assert reason and any(re.search(rf"\b{name}\b", file.read_text()) for file in holders), (end, name)


@pytest.mark.parametrize(("length", "found"), [(100, 0), (101, 1)])
def test_the_first_line_of_a_docstring_is_short(length, found):
    source = f'def f():\n    """{"x" * length}\n\n    {"y" * 120}\n    """\n'
    assert [item.line for item in words.long_first_lines("plugins/a.py", source)] == [2] * found

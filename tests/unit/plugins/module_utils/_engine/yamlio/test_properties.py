# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Written values are read back unchanged, for all kinds of strings.

No text crashes the readers.
"""

from __future__ import annotations

from typing import Any

import pytest

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")

from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.dump import dumps
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.errors import YamlError
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.gojson import json_dumps, json_loads
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.load import loads
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.pretty import dumps_pretty

#: characters that YAML carries unchanged; line separators are left out since folding around them loses them in Go, too
CHARS = st.characters(exclude_categories=["Cs"], exclude_characters="\x7f\x85\u2028\u2029\ufeff\ufffe\uffff", min_codepoint=0x20)
TEXT = st.text(st.one_of(st.sampled_from(" \n\t-:#'\"\\?!|>%@&*[]{},yn~0123456789.e+_x"), CHARS), max_size=120)
NUMBERS = st.one_of(st.integers(-(2**53), 2**53).map(float), st.floats(allow_nan=False, allow_infinity=False))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXT.filter(lambda text: not any("\x80" <= char <= "\x9f" for char in text)))
#: a key "<<" is written as it is, and read as a merge: in Go, too
KEYS = TEXT.filter(lambda text: text != "<<" and not any("\x80" <= char <= "\x9f" for char in text))
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)), max_leaves=12)


@hypothesis.settings(max_examples=150, deadline=None)
@hypothesis.given(VALUES)
def test_yaml_comes_back(value: Any) -> None:
    assert loads(dumps(value)) == value


@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(VALUES)
def test_pretty_yaml_comes_back(value: Any) -> None:
    assert loads(dumps_pretty(value)) == value


@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(VALUES)
def test_json_comes_back(value: Any) -> None:
    assert json_loads(json_dumps(value)) == value
    assert json_loads(json_dumps(value, indent=2)) == value


@hypothesis.settings(max_examples=150, deadline=None)
@hypothesis.given(st.text(st.one_of(st.sampled_from("ab:-? \n\t'\"{}[],&*!|>%#<"), st.characters()), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (loads, json_loads):
        try:
            read(text)
        except YamlError as error:
            assert error.go_message

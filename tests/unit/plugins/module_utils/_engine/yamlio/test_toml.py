# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TOML as BurntSushi/toml v1.6.0 writes it, and as tomllib reads it into Go's values."""

from __future__ import annotations

import importlib.util
import math
import sys
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.values import GoError, Int64
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.errors import YamlError
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.gojson import json_loads
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.toml import toml_dumps, toml_loads

WRITTEN: list[tuple[str, str]] = [
    ('{"a":[{"b":1},{"c":2}]}', "[[a]]\n  b = 1.0\n\n[[a]]\n  c = 2.0\n"),
    ('{"a":[[{"b":1}]]}', "a = [[{b = 1.0}]]\n"),
    ('{"a":[{"b":{"c":1}},5]}', "a = [{b = {c = 1.0}}, 5.0]\n"),
    ('{"a b":1,"é":2,"":3,"x":{"y z":{"q":1}}}', '"" = 3.0\n"a b" = 1.0\n"\xe9" = 2.0\n\n[x]\n  [x."y z"]\n    q = 1.0\n'),
    (
        '{"s":"a\\"b\\\\c\\n\\t\\u0000\\u007f\\u001f é\\ud83d\\ude00\\b\\f\\r"}',
        's = "a\\"b\\\\c\\n\\t\\u0000\\u007f\\u001f \xe9\U0001f600\\b\\f\\r"\n',
    ),
    ('{"a":{}}', "[a]\n"),
    ('{"a":[]}', "a = []\n"),
    ('{"a":{"b":{}}}', "[a]\n  [a.b]\n"),
    ('{"a":null,"b":{"c":null}}', "[b]\n"),
    ('{"a":[{"x":null,"y":1}]}', "[[a]]\n  y = 1.0\n"),
    ('{"a":[1,{"z":1,"y":{"q":1},"x":null}]}', "a = [1.0, {z = 1.0, y = {q = 1.0}}]\n"),
    ('{"a":[1,{"a":1,"z":null}]}', "a = [1.0, {a = 1.0, }]\n"),
    ("{}", ""),
    ('{"a":[{"b":[{"c":1}]}]}', "[[a]]\n\n  [[a.b]]\n    c = 1.0\n"),
    ('{"a":1,"b":{"c":1,"d":{"e":1}},"f":2}', "a = 1.0\nf = 2.0\n\n[b]\n  c = 1.0\n  [b.d]\n    e = 1.0\n"),
    ('{"i":5,"m":{"k":1000000,"l":[1]}}', "i = 5.0\n\n[m]\n  k = 1e+06\n  l = [1.0]\n"),
    ("[1]", "[1.0]"),
    ('"a"', '"a"'),
    ("true", "true"),
    ("1.5", "1.5"),
    ("[[]]", "[[]]"),
    ('{"a":[1e21,1e-7,-0.0,1.5]}', "a = [1e+21, 1e-07, -0.0, 1.5]\n"),
    ('{"t":[true,"x",[1,"y"]]}', 't = [true, "x", [1.0, "y"]]\n'),
]

FAULTS: list[tuple[str, str]] = [
    ('{"a":[null]}', "toml: cannot encode array with nil element"),
    ('[{"a":1}]', "toml: top-level values must be Go maps or structs"),
    ('{"a":[[null]]}', "toml: cannot encode array with nil element"),
]


@pytest.mark.parametrize(("value", "expected"), WRITTEN)
def test_written(value: str, expected: str) -> None:
    assert toml_dumps(json_loads(value)) == expected


@pytest.mark.parametrize(("value", "expected"), FAULTS)
def test_faults(value: str, expected: str) -> None:
    with pytest.raises(YamlError) as caught:
        toml_dumps(json_loads(value))
    assert caught.value.go_message == expected


def test_nil_panics() -> None:
    with pytest.raises(GoError, match=r"reflect: call of reflect\.Value\.Type on zero Value"):
        toml_dumps(None)


#: reading needs a library on Python 3.10
reads = pytest.mark.skipif(sys.version_info < (3, 11) and importlib.util.find_spec("tomli") is None, reason="neither tomllib nor tomli is installed")


def read(text: str) -> dict[str, Any]:
    return toml_loads(text, str)


@reads
def test_read() -> None:
    text = "a = 0x10\nb = 1.5\nc = 'x'\nd.e = [1, {f = true}]\n[[g]]\nh = 1979-05-27T07:32:00Z\ni = 1979-05-27\nj = 07:32:00.5\n"
    value = read(text)
    assert value == {
        "a": 16, "b": 1.5, "c": "x", "d": {"e": [1, {"f": True}]},
        "g": [{"h": "1979-05-27 07:32:00+00:00", "i": "1979-05-27", "j": "07:32:00.500000"}],
    }  # fmt: skip
    assert value["a"].__class__ is Int64
    assert value["d"]["e"][0].__class__ is Int64
    assert value["d"]["e"][1]["f"] is True
    assert value["d"]["e"].__class__ is list
    assert value["g"].go_type == "[]map[string]interface {}"


#: what Helm refuses as well
READ_FAULTS = [
    "a = 1\na = 2\n", "a = ", "\n\nx", "a = 1 x", 'a = "b\n"', 'a = "\\', "[a]\nb = {c = 01}", "[a]\n[a]\n", "a = [1 2]", "a = 99999999999999999999",
    "a = 1979-02-29", "a = '\udc80'", "a = " + "[" * 201 + "]" * 201, "a = " + "[" * 5000, "a = 1e999", "a = -1e999",
]  # fmt: skip


@reads
@pytest.mark.parametrize("text", READ_FAULTS)
def test_read_faults(text: str) -> None:
    with pytest.raises(YamlError) as caught:
        read(text)
    assert caught.value.go_message.startswith("toml: ")


@reads
def test_read_infinities_and_a_byte_order_mark() -> None:
    assert read("\ufeffa = -inf\nb = 9223372036854775807\n") == {"a": -math.inf, "b": 9223372036854775807}


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    monkeypatch.setitem(sys.modules, "tomli", None)
    with pytest.raises(GoError, match="Python library tomli"):
        read("a = 1")

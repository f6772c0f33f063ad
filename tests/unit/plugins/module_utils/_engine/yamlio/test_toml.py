# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TOML as BurntSushi/toml v1.6.0 writes it; what is read is compared by value, messages by their form."""

from __future__ import annotations

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


def test_read() -> None:
    text = "a = 0x10\nb = 1.5\nc = 'x'\nd.e = [1, {f = true}]\n[[g]]\nh = 1979-05-27T07:32:00Z\ni = 1979-05-27\n"
    value = toml_loads(text)
    assert value == {
        "a": 16, "b": 1.5, "c": "x", "d": {"e": [1, {"f": True}]}, "g": [{"h": "1979-05-27T07:32:00Z", "i": "1979-05-27"}]
    }  # fmt: skip
    assert value["a"].__class__ is Int64
    assert value["d"]["e"][0].__class__ is Int64


def test_times_become_what_the_caller_wants() -> None:
    assert toml_loads("a = 07:32:00.5", lambda moment: (moment.kind, moment.clock, moment.nanosecond)) == {"a": ("time", (7, 32, 0), 500000000)}


READ_FAULTS: list[tuple[str, str]] = [
    ("a = 1\na = 2\n", "toml: line 2 (last key \"a\"): Key 'a' has already been defined."),
    ("a = ", 'toml: line 1 (last key "a"): unexpected EOF; expected value'),
    ("\n\nx", "toml: line 3: unexpected EOF; expected key separator '='"),
    ("a = 1 x", "toml: line 1: expected a top-level item to end with a newline, comment, or EOF, but got 'x' instead"),
    ('a = "b\n"', 'toml: line 1 (last key "a"): strings cannot contain newlines'),
    ('a = "\\', "toml: line 0 (last key \"a\"): invalid escape in string '\\\0'"),
    ("[a]\nb = {c = 01}", 'toml: line 2 (last key "a.b.c"): Invalid integer "01": cannot have leading zeroes'),
    ("[a]\n[a]\n", "toml: line 2: Key 'a' has already been defined."),
    ("a = [1 2]", 'toml: line 1 (last key "a"): expected a comma (\',\') or array terminator (\']\'), but got \'2\''),
    ("a = 99999999999999999999", 'toml: line 1 (last key "a"): 99999999999999999999 is out of range for int64'),
    ("a = 1979-02-29", 'toml: line 1 (last key "a"): invalid datetime: "1979-02-29"'),
    ("a = '\udc80'", 'toml: line 1 (last key "a"): invalid UTF-8 byte: 0x80'),
    ("a = " + "[" * 201, "toml: nested deeper than 200 levels"),
]


@pytest.mark.parametrize(("text", "expected"), READ_FAULTS)
def test_read_faults(text: str, expected: str) -> None:
    with pytest.raises(YamlError) as caught:
        toml_loads(text)
    assert caught.value.go_message == expected


def test_what_toml_1_1_adds() -> None:
    assert toml_loads('a = {\n b = 1, # c\n}\nc = "\\e\\x41"\nd = 07:32') == {"a": {"b": 1}, "c": "\x1bA", "d": "07:32"}

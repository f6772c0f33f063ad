# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON as Go's ``encoding/json`` writes and reads it.

Expected texts and messages were printed by Go 1.26.
"""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.values import Int64, Slice
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.errors import YamlError
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.gojson import json_dumps, json_loads

#: JSON that Python reads, as Marshal writes it, as MarshalIndent does with two spaces
WRITTEN: list[tuple[str, str, str]] = [
    (
        '{"a": "<b>&\\u2028\\u2029", "\\u00e9": "\\ufffd"}',
        '{"a":"\\u003cb\\u003e\\u0026\\u2028\\u2029","é":"�"}',
        '{\n  "a": "\\u003cb\\u003e\\u0026\\u2028\\u2029",\n  "\xe9": "\ufffd"\n}',
    ),
    (
        "[1.0, 1e+21, 1e+20, 1e-06, 1e-07, 123456789.5, -0.0, 1e+300, 0.1, 100.0]",
        "[1,1e+21,100000000000000000000,0.000001,1e-7,123456789.5,-0,1e+300,0.1,100]",
        "[\n  1,\n  1e+21,\n  100000000000000000000,\n  0.000001,\n  1e-7,\n  123456789.5,\n  -0,\n  1e+300,\n  0.1,\n  100\n]",
    ),
    (
        '"\\u0000\\u0001\\u0007\\b\\u000b\\f\\n\\r\\t\\u001b\\u007f\\"\\\\/"',
        '"\\u0000\\u0001\\u0007\\b\\u000b\\f\\n\\r\\t\\u001b\x7f\\"\\\\/"',
        '"\\u0000\\u0001\\u0007\\b\\u000b\\f\\n\\r\\t\\u001b\x7f\\"\\\\/"',
    ),
    ("{}", "{}", "{}"),
    ("[]", "[]", "[]"),
    ("null", "null", "null"),
    (
        '{"b": 1.0, "a": [true, false, null, {"z": []}], "A": {}, "aa": "\\ud83d\\ude00"}',
        '{"A":{},"a":[true,false,null,{"z":[]}],"aa":"😀","b":1}',
        '{\n  "A": {},\n  "a": [\n    true,\n    false,\n    null,\n    {\n '
        '     "z": []\n    }\n  ],\n  "aa": "\U0001f600",\n  "b": 1\n}',
    ),
]

FAULTS: list[tuple[str, str]] = [
    ("{", "unexpected end of JSON input"),
    ("", "unexpected end of JSON input"),
    ('{"a":1}x', "invalid character 'x' after top-level value"),
    ("[1,]", "invalid character ']' looking for beginning of value"),
    ('{"a"}', "invalid character '}' after object key"),
    ('{"a":tru}', "invalid character '}' in literal true (expecting 'e')"),
    ("nul", "invalid character ' ' in literal null (expecting 'l')"),
    ("-", "invalid character ' ' in numeric literal"),
    ("1.", "invalid character ' ' after decimal point in numeric literal"),
    ("1e", "invalid character ' ' in exponent of numeric literal"),
    ('"a', "unexpected end of JSON input"),
    ('"\\q"', "invalid character 'q' in string escape code"),
    ('"\\u12g"', "invalid character 'g' in \\u hexadecimal character escape"),
    ('"a\nb"', "invalid character '\\n' in string literal"),
    ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
    ("[1 2]", "invalid character '2' after array element"),
    ('{"a":1 "b":2}', 'invalid character \'"\' after object key:value pair'),
    ("01", "invalid character '1' after top-level value"),
    ("é", "invalid character 'Ã' looking for beginning of value"),
    ("'", "invalid character '\\'' looking for beginning of value"),
    ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
    ("\x00", "invalid character '\\x00' looking for beginning of value"),
    ("1e400", "json: cannot unmarshal number 1e400 into Go value of type float64"),
    ("[", "unexpected end of JSON input"),
    ("[1", "unexpected end of JSON input"),
    ('{"a":', "unexpected end of JSON input"),
    ("NaN", "invalid character 'N' looking for beginning of value"),
    ("Infinity", "invalid character 'I' looking for beginning of value"),
    ("-Infinity", "invalid character 'I' in numeric literal"),
    ('"\ttab"', "invalid character '\\t' in string literal"),
    ("truex", "invalid character 'x' after top-level value"),
    ("[}", "invalid character '}' looking for beginning of value"),
    ("{]", "invalid character ']' looking for beginning of object key string"),
    ("\\", "invalid character '\\\\' looking for beginning of value"),
]


@pytest.mark.parametrize(("value", "compact", "indented"), WRITTEN)
def test_written(value: str, compact: str, indented: str) -> None:
    assert json_dumps(json_loads(value)) == compact
    assert json_dumps(json_loads(value), indent=2) == json_dumps(json_loads(value), indent="  ") == indented


@pytest.mark.parametrize(("text", "expected"), FAULTS)
def test_faults(text: str, expected: str) -> None:
    with pytest.raises(YamlError) as caught:
        json_loads(text)
    assert caught.value.go_message == expected


def test_without_html_escapes() -> None:
    assert json_dumps("<a>&\u2028", escape_html=False) == '"<a>&\\u2028"'


def test_bytes_that_are_no_utf8() -> None:
    assert json_dumps(b"a\xff\xf0\x9fb".decode("utf-8", "surrogateescape")) == '"a\\ufffd\\ufffd\\ufffdb"'
    assert json_loads(b'"a\xffb"') == json_loads('"a\\ud800b"') == "a\ufffdb"
    assert json_loads('"\\ud83d\\ude00"') == "\U0001f600"


def test_every_number_is_a_float() -> None:
    assert [type(one) for one in json_loads("[1, 1.0, 9223372036854775808]")] == [float] * 3


def test_go_values() -> None:
    assert json_dumps([Int64(1), b"hi", Slice(is_nil=True), Slice(["a"])]) == '[1,"aGk=",null,["a"]]'


@pytest.mark.parametrize(("value", "expected"), [(float("inf"), "+Inf"), (float("-inf"), "-Inf"), (float("nan"), "NaN")])
def test_numbers_without_json(value: float, expected: str) -> None:
    with pytest.raises(YamlError) as caught:
        json_dumps({"a": value})
    assert caught.value.go_message == f"json: unsupported value: {expected}"

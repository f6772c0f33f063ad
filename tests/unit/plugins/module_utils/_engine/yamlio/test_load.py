# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading YAML. A new case is a new line.

The expected JSON and messages were printed by sigs.k8s.io/yaml v1.6.0 for the same text.

A message may end where Go's also shows a value.
"""

from __future__ import annotations

import contextlib
import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio import events, load
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.errors import YamlError, foreign_encoding
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.gojson import json_dumps

VALUES: list[tuple[str, str]] = [
    ("a: 1\nb: 0x10", '{"a":1,"b":16}'),
    ("", "null"),
    ("---\n", "null"),
    ('y: 1\nn: 2\non: 3\nv: [y, no, "yes"]\n', '{"false":2,"true":3,"v":[true,false,"yes"]}'),
    ("base: &b {x: 1, z: 9}\nm: {x: 2, <<: *b}\nk:\n  <<: *b\n  x: 3\n", '{"base":{"x":1,"z":9},"k":{"x":3,"z":9},"m":{"x":1,"z":9}}'),
    ('a: 0755\nb: 0o755\nc: 08\nd: "0755"\ne: 1_000\nf: 12:30\n', '{"a":493,"b":493,"c":8,"d":"0755","e":1000,"f":"12:30"}'),
    (
        "a: 1e400\nb: .5\nc: 1.\nd: 1e3\ne: 2020-01-01\nf: 12:30:45\n",
        '{"a":"1e400","b":0.5,"c":1,"d":1000,"e":"2020-01-01","f":"12:30:45"}',
    ),
    ("1: a\n1.5: b\n1e6: c\ntrue: d\n", '{"1":"a","1.5":"b","1e+06":"c","true":"d"}'),
    ("a: 1\na: 2", '{"a":2}'),
    (
        'a: !!str 5\nb: !!binary aGk=\nc: !foo 5\nd: !!int "5"\ne: !!float 5\nf: ! 5\ng: ! "5"\n',
        '{"a":"5","b":"hi","c":"5","d":5,"e":5,"f":"5","g":"5"}',
    ),
    ("a: !!float 0x10", '{"a":16}'),
    ("a: !!timestamp 2001-01-01", '{"a":"2001-01-01"}'),
    (
        "a: 18446744073709551615\nb: 18446744073709551616\nc: -9223372036854775808\nd: -9223372036854775809",
        '{"a":18446744073709552000,"b":18446744073709552000,"c":-9223372036854776000,"d":-9223372036854776000}',
    ),
    ("a: 9007199254740993", '{"a":9007199254740992}'),
    ("<<: [{a: 1, b: 2}, {a: 3, c: 4}]", '{"a":1,"b":2,"c":4}'),
    ("a: &x 1\n*x : 2", '{"1":2,"a":1}'),
    ("&k a: 1\nb: *k", '{"a":1,"b":"a"}'),
    ("a: !!binary //8=\n", '{"a":"��"}'),
    ('a: "\\xff\\u263a\\U0001F600"', '{"a":"ÿ☺😀"}'),
    ("a: |\n x\n  y\nb: >-\n x\n y\n", '{"a":"x\\n y\\n","b":"x y"}'),
    ("\ufeffa: 1", '{"a":1}'),
    ("a: \ufeffb", '{"a":"\ufeffb"}'),
    ("{a: 1, b}", '{"a":1,"b":null}'),
    ("- - 1\n  - 2\n-\n- ~\n- null\n- ''", '[[1,2],null,null,null,""]'),
    ("a: 1_0.5\nb: 0b11\nc: -0b11\nd: 0b-1\ne: +5\nf: 0b+1\ng: 0_8", '{"a":10.5,"b":3,"c":-3,"d":-1,"e":5,"f":1,"g":8}'),
    ("a: 'x''y'\n", '{"a":"x\'y"}'),
    ("foo", '"foo"'),
    ("5", "5"),
    ("a: 1\n---\nb: 2", '{"a":1}'),
    ("a: 1\n...\n@", '{"a":1}'),
    ("a: 1\n--- @", '{"a":1}'),
    ("'a':1", '"a"'),
    ("a: 'b\n\n  c'\n", '{"a":"b\\nc"}'),
    ("? a\n: b\n? c\n", '{"a":"b","c":null}'),
    ("a: !<tag:yaml.org,2002:str> 5", '{"a":"5"}'),
    ('a: "it\\\'s"\nb: "\\\'\\\'x"\nc: it\\\'s\nd: 1\n', '{"a":"it\'s","b":"\'\'x","c":"it\\\\\'s","d":1}'),
    ('\ufeffa: "\xe9\\\'"', '{"a":"é\'"}'),
    ("!!map {a: 1}", '{"a":1}'),
    ("? a\n? b", '{"a":null,"b":null}'),
    ("1.0: a", '{"1":"a"}'),
    ("0x10: b", '{"16":"b"}'),
    ("1e3: x\n", '{"1000":"x"}'),
    ("12345678901234567890123: x", '{"1.2345679e+22":"x"}'),
    ('"a": 1\n\'b\': 2', '{"a":1,"b":2}'),
    ("a: 2001-12-14t21:59:43.10-05:00", '{"a":"2001-12-14t21:59:43.10-05:00"}'),
    ("-0: a\nb: -0\nc: -0.0", '{"0":"a","b":0,"c":-0}'),
    ("- !!merge <<\n", '["\\u003c\\u003c"]'),
    ("!!merge <<: {a: 1}", '{"a":1}'),
    ('a: "b\\\n  c"', '{"a":"bc"}'),
    ("a: .5e3\nb: ..5\nc: .\nd: ._5", '{"a":500,"b":"..5","c":".","d":"._5"}'),
    ("a: 0o8\nb: 0O7\nc: 0B1\nd: 0XfF\ne: 00\nf: 0_\ng: _1\nh: 1__2", '{"a":"0o8","b":7,"c":1,"d":255,"e":0,"f":0,"g":"_1","h":12}'),
    ("a: 1:2", '{"a":"1:2"}'),
    ("a: NULL\nb: Null\nc: nUll", '{"a":null,"b":null,"c":"nUll"}'),
    ("k: [a: 1, b]", '{"k":[{"a":1},"b"]}'),
    ("a #b: 1\nc: d#e", '"a"'),
    ("a:b", '"a:b"'),
    ('a: "\t"\n', '{"a":"\\t"}'),
    (" a: 1\nb: 2", '{"a":1}'),
    ("- 1\n - 2\n", '["1 - 2"]'),
    ("a: >\n\n\n b\n", '{"a":"\\n\\nb\\n"}'),
]

FAULTS: list[tuple[str, str]] = [
    ("a: b: c\n", "error converting YAML to JSON: yaml: mapping values are not allowed in this context"),
    ("x: 1\na: b: c\n", "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"),
    ("a: [1\n", "error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'"),
    ("a:\n  - b\n c: d\n", "error converting YAML to JSON: yaml: line 2: did not find expected key"),
    ("\ta: 1\n", "error converting YAML to JSON: yaml: found character that cannot start any token"),
    ("a: *x\n", "error converting YAML to JSON: yaml: unknown anchor 'x' referenced"),
    ("b: 1\na: *x\n", "error converting YAML to JSON: yaml: unknown anchor 'x' referenced"),
    ('a: "x\n', "error converting YAML to JSON: yaml: line 2: found unexpected end of stream"),
    ("a: @x\n", "error converting YAML to JSON: yaml: found character that cannot start any token"),
    ("a: \x01\n", "error converting YAML to JSON: yaml: control characters are not allowed"),
    ("b: 2\na: \x01\n", "error converting YAML to JSON: yaml: control characters are not allowed"),
    ("%YAML 2.0\n---\na", "error converting YAML to JSON: yaml: found incompatible YAML document"),
    ("a: !<x\n", "error converting YAML to JSON: yaml: did not find the expected '>'"),
    ("- a\nb: c\n", "error converting YAML to JSON: yaml: line 1: did not find expected '-' indicator"),
    ("key\nfoo: bar\n", "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"),
    ("a: {b: 1\nc: 2\n", "error converting YAML to JSON: yaml: line 1: did not find expected ',' or '}'"),
    ("a: .nan", "error converting YAML to JSON: json: unsupported value: NaN"),
    ("a: .inf\nb: 1", "error converting YAML to JSON: json: unsupported value: +Inf"),
    ("a: -.Inf", "error converting YAML to JSON: json: unsupported value: -Inf"),
    ("~: 1", "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: 1"),
    (
        "~: {12297829382473034410: ~}",
        "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: "
        "map[interface {}]interface {}{0xaaaaaaaaaaaaaaaa:interface {}(nil)}",
    ),
    (
        "~: [{~: .inf}]",
        "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: "
        "[]interface {}{map[interface {}]interface {}{interface {}(nil):+Inf}}",
    ),
    ("? {a: 1}\n: 2", "error converting YAML to JSON: yaml: invalid map key: a mapping in line 1"),
    ("? [a, 1]\n: 2", "error converting YAML to JSON: yaml: invalid map key: a sequence in line 1"),
    ("a: !!int x", "error converting YAML to JSON: yaml: cannot decode !!str `x` as a !!int"),
    ("a: !!bool x", "error converting YAML to JSON: yaml: cannot decode !!str `x` as a !!bool"),
    ("a: !!null x", "error converting YAML to JSON: yaml: cannot decode !!str `x` as a !!null"),
    ("a: !!binary '*'", "error converting YAML to JSON: yaml: !!binary value contains invalid base64 data"),
    ("a: !!timestamp x", "error converting YAML to JSON: yaml: cannot decode !!str `x` as a !!timestamp"),
    ("18446744073709551615: 1", "error converting YAML to JSON: unsupported map key of type: uint64, key: 0xffffffffffffffff, value: 1"),
    ("<<: 5", "error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value"),
    ("<<: [1]", "error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value"),
    ("a: &a [1]\nb:\n  <<: *a\n", "error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value"),
    ("a: &a {b: *a}", "error converting YAML to JSON: yaml: anchor 'a' value contains itself"),
    ("a: &a\n  <<: *a\n", "error converting YAML to JSON: yaml: anchor 'a' value contains itself"),
    ("[a, b]: c", "error converting YAML to JSON: yaml: invalid map key: a sequence in line 1"),
    ("%FOO\n---\na", "error converting YAML to JSON: yaml: found unknown directive name"),
    ('a: "\\q"', "error converting YAML to JSON: yaml: found unknown escape character"),
    ("a: 'x", "error converting YAML to JSON: yaml: found unexpected end of stream"),
    ("a: |x\n", "error converting YAML to JSON: yaml: did not find expected comment or line break"),
    ("- a\n-b\n", "error converting YAML to JSON: yaml: line 3: could not find expected ':'"),
    ("a: - b", "error converting YAML to JSON: yaml: block sequence entries are not allowed in this context"),
    ("a:\n- b\n- c: 1\n  d\n", "error converting YAML to JSON: yaml: line 5: could not find expected ':'"),
    ("}", "error converting YAML to JSON: yaml: did not find expected node content"),
    ("a: ]", "error converting YAML to JSON: yaml: did not find expected node content"),
    ("a: b\n c: d", "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"),
    ("a: &\n", "error converting YAML to JSON: yaml: did not find expected alphabetic or numeric character"),
    ("*a", "error converting YAML to JSON: yaml: unknown anchor 'a' referenced"),
    ("a: 'b' c", "error converting YAML to JSON: yaml: did not find expected key"),
    ("a: %x", "error converting YAML to JSON: yaml: found character that cannot start any token"),
    ("a: `x", "error converting YAML to JSON: yaml: found character that cannot start any token"),
    ("a: !!float 18446744073709551615", "error converting YAML to JSON: yaml: cannot decode !!int `18446744073709551615` as a !!float"),
    ("{[a]: 1}", "error converting YAML to JSON: yaml: invalid map key: a sequence in line 1"),
    ("<<: ~", "error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value"),
    ("a: 'x'\tb", "error converting YAML to JSON: yaml: did not find expected key"),
    ("a: ? b", "error converting YAML to JSON: yaml: mapping keys are not allowed in this context"),
    ("foo: bar\n  baz: 1", "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"),
    ("a:\n  b: 1\n   c: 2\n", "error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context"),
    ("a:\n   b: 1\n  c: 2\n", "error converting YAML to JSON: yaml: line 2: did not find expected key"),
    ("x:\n- 1\n - 2\n y: 2", "error converting YAML to JSON: yaml: line 4: mapping values are not allowed in this context"),
]

STRICT: list[tuple[str, str]] = [
    ("a: 1\na: 2", 'error converting YAML to JSON: yaml: unmarshal errors:\n  line 2: key "a" already set in map'),
    ('1: a\n"1": b\n1: c\n', "error converting YAML to JSON: yaml: unmarshal errors:\n  line 3: key 1 already set in map"),
    ("a: 1\nb: {c: 1, d: 2, c: 3}\n", 'error converting YAML to JSON: yaml: unmarshal errors:\n  line 2: key "c" already set in map'),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_values(text: str, expected: str) -> None:
    assert json_dumps(load.loads(text)) == expected
    assert json_dumps(load.loads(text.encode())) == expected


@pytest.mark.parametrize(("text", "expected"), FAULTS)
def test_faults(text: str, expected: str) -> None:
    with pytest.raises(YamlError) as caught:
        load.loads(text)
    assert caught.value.go_message == expected


@pytest.mark.parametrize(("text", "expected"), STRICT)
def test_strict(text: str, expected: str) -> None:
    with pytest.raises(YamlError) as caught:
        load.loads_strict(text)
    assert caught.value.go_message == expected
    load.loads(text)


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_without_libyaml(text: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_fast", None)
    assert json_dumps(events.first(text.encode())) == expected


@pytest.mark.parametrize("text", [text for text, _words in FAULTS if not text.startswith("%FOO")])  # other directives are passed over
def test_faults_without_libyaml(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_fast", None)
    with pytest.raises(YamlError) as caught:
        load.loads(text.encode())
    assert caught.value.go_message.startswith("error converting YAML to JSON: ")


def test_a_missing_pyyaml_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HAS_YAML", False)
    monkeypatch.setattr(events, "HAS_LIBYAML", False)
    assert load.loads("a: 1") == {"a": 1.0}
    with pytest.raises(YamlError, match="PyYAML is required"):
        load.loads("a: &b 1")


def test_line_and_column_are_people_s() -> None:
    with pytest.raises(YamlError) as caught:
        load.loads("x: 1\na: b: c\n")
    assert (caught.value.line, caught.value.column) == (2, 5)
    assert str(caught.value) == "not valid YAML: line 2, column 5: mapping values are not allowed in this context"


def test_objects_keep_whole_numbers() -> None:
    value = load.loads_object("a: 9007199254740993\nb: 1.0\nc: 1.5\nd: 18446744073709551615\ne: 1e3")
    assert value == {"a": 9007199254740993, "b": 1, "c": 1.5, "d": 18446744073709551615.0, "e": 1000}
    assert [type(one) for one in value.values()] == [int, int, float, float, int]


def test_numbers_as_they_are_written() -> None:
    for text in ("a: 1e3\nb: 18446744073709551615\nc: 0x10\nd: 1.0", "a: &x 1e3\nb: 18446744073709551615\nc: 0x10\nd: 1.0"):
        assert [repr(one) for one in load.loads_typed(text).values()] == ["1000.0", "18446744073709551615", "16", "1.0"]


def test_every_number_is_a_float() -> None:
    assert [type(one) for one in load.loads("[1, 0x10, 1.5, 018]")] == [float] * 4


def test_all_documents() -> None:
    assert list(events.documents("a: 1\n---\n---\nb: 2\n...\n")) == [{"a": 1.0}, None, {"b": 2.0}]
    assert list(events.documents("")) == []


def test_aliases_are_no_shared_maps() -> None:
    value = load.loads("a: &x {k: [1]}\nb: *x\nc: *x\n")
    value["b"]["k"].append(2.0)
    assert value["a"] == value["c"] == {"k": [1.0]}


@pytest.mark.parametrize("width", [9, 12])
def test_alias_bombs(width: int) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{one}: &a{one} [{', '.join([f'*a{one - 1}'] * width)}]" for one in range(1, 10)]
    with pytest.raises(YamlError) as caught:
        load.loads("\n".join(levels))
    assert caught.value.go_message == "error converting YAML to JSON: yaml: document contains excessive aliasing"


def test_depth_is_limited() -> None:
    with pytest.raises(YamlError, match="nested deeper than 400"):
        load.loads("[" * 500 + "]" * 500)
    with pytest.raises(YamlError, match=r"nested deeper than 400|exceeded maximum nesting depth"):  # a libyaml with a bound of its own
        load.loads("[" * 2000 + "]" * 2000)


def test_bytes_that_are_no_utf8() -> None:
    with pytest.raises(YamlError, match="UTF-8"):
        load.loads(b"a: \xff")


#: refused by both: faults that libyaml words or places otherwise, and escapes and keys that Python or JSON cannot hold
REFUSED: list[str] = [
    "a: \"x\\'\n", "a: [\"\\'\", \"\\q\"]",
    "{\no?", "a:\n  - b: c\n  []\n", "{2:[", "- a\n\ufefff", "? - .inf", "? {y: 1, 07: a, b: 1.5}", "Null: 9223372036854775", "r: .NaN\na: [[.inf]]",
    "a: \\'\n%F", "a: b\n%F", "%F\n---\na: 1",
    "<<: !!bool", "&a\n- <<: *a", "a:\n- b\n\t\n- c\n",
    "%YAML 1.2\n---\na", "a: {null: 1}\nb: .nan", "[]:\n", "{}: 1\n", "a: \"\\ud800\"", "a: \"\\U00110000\"", "a: *b\n",
]  # fmt: skip


@pytest.mark.parametrize("fast", [True, False], ids=["libyaml", "alone"])
@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not fast:
        monkeypatch.setattr(events, "_fast", None)
    with pytest.raises(YamlError) as caught:
        load.loads(text)
    assert caught.value.go_message.startswith("error converting YAML to JSON: ")


@pytest.mark.parametrize("fast", [True, False], ids=["libyaml", "alone"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\t\nc: d\t# e\n", {"a": "b", "c": "d"}),
        ("a: b\tc\n", {"a": "b\tc"}),
        ("a:\tb\n", {"a": "b"}),
        ("a\t: b\n", {"a": "b"}),
        ("a: [b,\tc]\n", {"a": ["b", "c"]}),
        ("a: b\t\n  c\n", {"a": "b c"}),
        ("a: b\t \tc\t \n", {"a": "b\t \tc"}),
    ],
)
def test_tabs(text: str, expected: object, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Helm 4 reads them. PyYAML's own parser refuses most of them."""
    if not fast:
        monkeypatch.setattr(events, "_fast", None)
    assert load.loads(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bar: .NaN\nbar: 1", '{"bar":1}'),  # the last of equal keys has no fault
        ("? &1 .NaN", '{".nan":null}'),
        ("[&c1 4775808,{*c1}]", '[4775808,{"4775808":null}]'),  # an alias as a key means the text of a key
    ],
)
def test_read_as_go_does(text: str, expected: str) -> None:
    assert json_dumps(load.loads(text)) == expected


@pytest.mark.parametrize("fast", [True, False], ids=["libyaml", "alone"])
@pytest.mark.parametrize("text", ["[" * 100_000, "x: {" + "a:b," * 25_000 + "}", "x: '" + ":!" * 50_000 + "'", "- [" + '"a?",' * 20_000 + "]"])
def test_long_lines_take_no_longer_than_they_are(text: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not fast:
        monkeypatch.setattr(events, "_fast", None)
    start = time.process_time()
    with contextlib.suppress(YamlError):
        load.loads(text)
    assert time.process_time() - start < 10  # far below what a quadratic search takes


#: as go-yaml answers: bytes, and the value or the error
WIDE = [
    ("a: 1\n".encode("utf-16"), {"a": 1.0}),
    (b"\xfe\xff" + "a: é😀\n".encode("utf-16-be"), {"a": "é😀"}),
    ("a: 1\n".encode("utf-16") + b"\n", "yaml: incomplete UTF-16 character"),
    ("a: 1".encode("utf-16") + b"\n", "yaml: incomplete UTF-16 character"),
    ("a: ".encode("utf-16") + b"\x00\xd8", "yaml: incomplete UTF-16 surrogate pair"),
    ("a: ".encode("utf-16") + b"\x00\xd8a\x00", "yaml: expected low surrogate area"),
    ("a: ".encode("utf-16") + b"\x00\xdca\x00", "yaml: unexpected low surrogate area"),
    ("a: 1\n".encode("utf-32"), "yaml: control characters are not allowed"),
    (b"\0\0\xfe\xff" + "a: 1\n".encode("utf-32-be"), "yaml: control characters are not allowed"),
    ("a: 1\n".encode("utf-16-le"), "yaml: control characters are not allowed"),
]


@pytest.mark.parametrize(("data", "expected"), WIDE)
def test_utf16(data: bytes, expected: object) -> None:
    if not isinstance(expected, str):
        assert load.loads(data) == expected
        return
    with pytest.raises(YamlError) as caught:
        load.loads(data)
    assert caught.value.go_message.endswith(expected)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_other_encodings_are_named(codec: str) -> None:
    for text in ("a: 1\n", "name: value\nother: 日本\n"):
        assert foreign_encoding(text.encode(codec)) == codec.upper()[:6]


@pytest.mark.parametrize("data", [b"", b"a", b"a: 1\n", b"\xef\xbb\xbfa: 1\n", "日本: ä\n".encode(), b"a: \0\n" * 20, b"\0"])
def test_texts_in_utf8(data: bytes) -> None:
    assert foreign_encoding(data) == ""


@pytest.mark.parametrize(("start", "end"), [("{a: ", "}"), ("[", "]")])
def test_a_value_shown_in_an_error_may_be_nested_as_deep_as_any(start, end):
    with pytest.raises(YamlError) as caught:
        load.loads("~: " + start * 398 + "1" + end * 398)
    assert caught.value.go_message.count("}") >= 398


@pytest.mark.parametrize("libyaml", [True, False])
def test_the_quick_reader_is_for_where_libyaml_is_not(libyaml: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(load, "quick", lambda text, numbers: asked.append(text) or load.UNUSUAL)
    monkeypatch.setattr(events, "HAS_LIBYAML", libyaml)
    assert load.loads("a: 1") == {"a": 1.0}
    assert asked == ([] if libyaml else ["a: 1"])

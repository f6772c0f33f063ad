# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing YAML. The expected texts were printed by sigs.k8s.io/yaml v1.6.0 for the same JSON.

A new case is a new line.
"""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.values import GoObject, Int64, Map, Slice
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.dump import dumps
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.errors import YamlError
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.gojson import json_loads
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.load import loads

CASES: list[tuple[str, str]] = [
    ('{"big":12345678,"m":999999}', "big: 12345678\nm: 999999\n"),
    (
        '{"cmd":"aaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccc ddddddddddd eeee"}',
        "cmd: aaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccc\n  ddddddddddd eeee\n",
    ),
    ('{"e":"😀 é"}', 'e: "\\U0001F600 \xe9"\n'),
    ('{"10":1,"9":1,"B":1,"a-b":1,"a10":1,"a2":1,"ab":1}', '"9": 1\n"10": 1\nB: 1\na-b: 1\na2: 1\na10: 1\nab: 1\n'),
    (
        '{"a":"yes","b":"1e3","c":"0x1","d":"12:30","e":"~","f":"a: b'
        '","g":"#x","h":" x","i":"x ","j":"2020-01-01","k":"null","l"'
        ':"-","m":"*a","n":"o","o":"1_0","p":"\\t","q":"it\'s","r":"","'
        's":"a #b","t":"@x","u":"1.","v":"=","w":"\\u003c\\u003c"}',
        'a: "yes"\nb: "1e3"\nc: "0x1"\nd: "12:30"\ne: "~"\nf: \'a: b\'\ng: \'#'
        'x\'\nh: \' x\'\ni: \'x \'\nj: "2020-01-01"\nk: "null"\nl: \'-\'\nm: \'*a\'\n'
        '"n": o\no: "1_0"\np: "\\t"\nq: it\'s\nr: ""\ns: \'a #b\'\nt: \'@x\'\nu: "'
        '1."\nv: =\nw: <<\n',
    ),
    (
        '{"a":"x\\ny","b":"x\\ny\\n","c":"x\\n\\n","d":"  x\\ny","e":"x \\ny","f":"x\\ty","g":"\\nx"}',
        'a: |-\n  x\n  y\nb: |\n  x\n  y\nc: |+\n  x\n\nd: |2-\n    x\n  y\ne: "x \\ny"\nf: "x\\ty"\ng: |2-\n\n  x\n',
    ),
    (
        '{"1":1,"10":1,"2":1,"A1":1,"B":1,"Z":1,"_x":1,"a":1,"a-b":1,'
        '"a.b":1,"a01":1,"a1":1,"a10":1,"a2":1,"aB":1,"a_b":1,"ab":1,'
        '"b":1,"foo":1,"foo-bar":1,"foo1":1,"fooBar":1,"foobar":1,"é"'
        ":1}",
        '_x: 1\n"1": 1\n"2": 1\n"10": 1\nA1: 1\nB: 1\nZ: 1\na: 1\na-b: 1\na.b:'
        " 1\na_b: 1\na1: 1\na01: 1\na2: 1\na10: 1\naB: 1\nab: 1\nb: 1\nfoo: 1\n"
        "foo-bar: 1\nfoo1: 1\nfooBar: 1\nfoobar: 1\n\xe9: 1\n",
    ),
    ('""', '""\n'),
    ('"a"', "a\n"),
    ('"- a"', "'- a'\n"),
    ("null", "null\n"),
    ("true", "true\n"),
    ("1", "1\n"),
    ("0.1", "0.1\n"),
    ("[]", "[]\n"),
    ("{}", "{}\n"),
    ("[[]]", "- []\n"),
    ("[{}]", "- {}\n"),
    ("[[1,[2]]]", "- - 1\n  - - 2\n"),
    ('{"a":[]}', "a: []\n"),
    ('{"a":{"b":{"c":[]}}}', "a:\n  b:\n    c: []\n"),
    ('{"a":["x",{"b":1,"c":[1]}]}', "a:\n- x\n- b: 1\n  c:\n  - 1\n"),
    ('[{"a":1,"b":2},[{"c":1}]]', "- a: 1\n  b: 2\n- - c: 1\n"),
    (
        '{"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk'
        "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
        'kkkkkkkkkkk":1,"z":[1]}',
        "? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
        "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
        "kkkkkkkkkkk\n: 1\nz:\n- 1\n",
    ),
    ('{"a\\nb":{"c":1}}', "? |-\n  a\n  b\n: c: 1\n"),
    (
        '{"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk'
        "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
        'kkkkkkkkkkkk":{"a":1,"b":["x\\ny"]}}',
        "? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
        "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
        "kkkkkkkkkkkk\n: a: 1\n  b:\n  - |-\n    x\n    y\n",
    ),
    ('{"":""}', '"": ""\n'),
    ('{"1":"2","1.5":".5","yes":"no","~":"null"}', '"~": "null"\n"1": "2"\n"1.5": ".5"\n"yes": "no"\n'),
    (
        '{"n":[1e+21,100000000000000000000,1e-7,0.00001,123456789.5,1000000,-0,9007199254740992,18446744073709552000,1e+300,1.5]}',
        '"n":\n- 1e+21\n- 1e+20\n- 1e-07\n- 1e-05\n- 1.234567895e+08\n- 100'
        "0000\n- 0\n- 9007199254740992\n- 1.8446744073709552e+19\n- 1e+30"
        "0\n- 1.5\n",
    ),
    (
        '{"u":"a\\u2028b","v":"a\\u2029\\nb","w":"x\x85y","x":"\ufeffa b","y":"a\ufeffb","z":"\xa0"}',
        'u: \'a\u2028  b\'\nv: |-\n  a\u2029\n  b\nw: x y\nx: "\\uFEFF\\x61\\x20\\x62"\n"y": "a\\uFEFFb"\nz: \xa0\n',
    ),
    (
        '{"q":"\' word word word word word word word word word word wo'
        "rd word word word word word word word word word word word wo"
        'rd word word word word word word word"}',
        "q: ''' word word word word word word word word word word wor"
        "d word word word word\n  word word word word word word word w"
        "ord word word word word word word word'\n",
    ),
    (
        '{"q":"\\\\ word word word word word word word word word word w'
        "ord word word word word word word word word word word word w"
        'ord word word word word word word word\\t"}',
        'q: "\\\\ word word word word word word word word word word wor'
        "d word word word word\n  word word word word word word word w"
        'ord word word word word word word word\\t"\n',
    ),
    (
        '{"q":"\\t  word  word  word  word  word  word  word  word  wo'
        "rd  word  word  word  word  word  word  word  word  word  wo"
        "rd  word  word  word  word  word  word  word  word  word  wo"
        'rd  word"}',
        'q: "\\t  word  word  word  word  word  word  word  word  word'
        "  word  word  word  word\n  \\ word  word  word  word  word  w"
        "ord  word  word  word  word  word  word  word  word\n  \\ word"
        '  word  word"\n',
    ),
    (
        '{"p":"word  word  word  word  word  word  word  word  word  '
        "word  word  word  word  word  word  word  word  word  word  "
        'word  end"}',
        "p: word  word  word  word  word  word  word  word  word  wor"
        "d  word  word  word  word  word  word  word  word  word  wor"
        "d  end\n",
    ),
    (
        '{"p":"wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww xxxxxxxxxx"}',
        "p: wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww\n  xxxxxxxxxx\n",
    ),
    (
        '["- long long long long long long long long long long long long long long long long long long long long x"]',
        "- '- long long long long long long long long long long long long long long long long\n  long long long long x'\n",
    ),
    (
        '"plain plain plain plain plain plain plain plain plain plain plain plain plain plain plain plain plain plain plain plain x"',
        "plain plain plain plain plain plain plain plain plain plain "
        "plain plain plain plain\n  plain plain plain plain plain plai"
        "n x\n",
    ),
    (
        '{"t":["2001-12-14t21:59:43.10-05:00","2001-1-1 1:1:1","2001-'
        '13-01","2023-02-29","2024-02-29","2001-01-01T00:00:00Z","200'
        '1-01-01x",".inf",".2_9","._2","0b11","0o8","08","+1","-.INF"'
        ',"1_000","0x","1:60","1:59","190:20:30.15"]}',
        't:\n- "2001-12-14t21:59:43.10-05:00"\n- "2001-1-1 1:1:1"\n- 200'
        '1-13-01\n- 2023-02-29\n- "2024-02-29"\n- "2001-01-01T00:00:00Z"'
        '\n- 2001-01-01x\n- ".inf"\n- ".2_9"\n- ._2\n- "0b11"\n- 0o8\n- "08"'
        '\n- "+1"\n- "-.INF"\n- "1_000"\n- 0x\n- 1:60\n- "1:59"\n- "190:20:3'
        '0.15"\n',
    ),
    (
        '{"s":"--- a","t":"... a","u":"---","v":"?","w":"? a","x":":","y":":a","z":"-a"}',
        's: \'--- a\'\nt: \'... a\'\nu: \'---\'\nv: \'?\'\nw: \'? a\'\nx: \':\'\n"y": :a\nz: -a\n',
    ),
    ('{"c":"\\u0000\\u0007\\b\\u000b\\f\\r\\u001b\\u001f"}', 'c: "\\0\\a\\b\\v\\f\\r\\e\\x1F"\n'),
    ('{"m":"a\\n b\\n\\n  c\\n"}', "m: |\n  a\n   b\n\n    c\n"),
    ('{"m":"trailing \\n"}', 'm: "trailing \\n"\n'),
    ('{"m":"\\n"}', "m: |2+\n\n"),
    ('{"m":"\\n\\n"}', "m: |2+\n\n\n"),
    ('{"m":" \\n"}', 'm: " \\n"\n'),
    ('"\\n"', "|2+\n\n"),
    ('"a\\nb"', "|-\n  a\n  b\n"),
    ('{"\ud7ff":"\ue000"}', "\ud7ff: \ue000\n"),
    ('{"d":{"e":"x\\ny"},"f":[["p\\nq"]]}', "d:\n  e: |-\n    x\n    y\nf:\n- - |-\n    p\n    q\n"),
]


@pytest.mark.parametrize(("value", "expected"), CASES)
def test_cases(value: str, expected: str) -> None:
    assert dumps(json_loads(value)) == expected
    assert dumps(json_loads(value)) == expected  # again: short texts are remembered


@pytest.mark.parametrize("value", [value for value, expected in CASES if not set("\\u2028\\u2029") <= set(value)])
def test_what_is_written_is_read_again(value: str) -> None:
    wanted = json_loads(value)
    assert loads(dumps(wanted)) == wanted or "\\u0085" in value


class Thing(GoObject):
    def go_json(self) -> object:
        return {"b": Slice(["x"]), "a": Slice(is_nil=True)}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Int64(5), "5\n"),
        ({"a": Int64(12345678)}, "a: 12345678\n"),
        (1 << 64, "1.8446744073709552e+19\n"),
        ((1 << 64) - 1, "18446744073709551615\n"),
        (b"hi", "aGk=\n"),
        ({"a": b"hi"}, "a: aGk=\n"),
        (Map(b="1", a="x"), 'a: x\nb: "1"\n'),
        (Slice(["x"], "string"), "- x\n"),
        (Slice(is_nil=True), "null\n"),
        ({"a": Slice(is_nil=True), "b": Slice()}, "a: null\nb: []\n"),
        (Thing(), "a: null\nb:\n- x\n"),
        ([Thing(), {"k": Thing()}], "- a: null\n  b:\n  - x\n- k:\n    a: null\n    b:\n    - x\n"),
        ({"a": "\udcff"}, "a: \ufffd\n"),
    ],
)
def test_go_values(value: object, expected: str) -> None:
    assert dumps(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": float("nan")}, "error marshaling into JSON: json: unsupported value: NaN"),
        ([float("-inf")], "error marshaling into JSON: json: unsupported value: -Inf"),
        ({"a": len}, "error marshaling into JSON: json: unsupported type: builtin_function_or_method"),
        ({"a": "\x7f"}, "yaml: control characters are not allowed"),
        ({1: "a"}, "error marshaling into JSON: json: unsupported type: map[interface {}]interface {}"),
        ({"k" * 1100: 1}, "yaml: did not find expected ',' or '}'"),
    ],
)
def test_faults(value: object, expected: str) -> None:
    with pytest.raises(YamlError) as caught:
        dumps(value)
    assert caught.value.go_message == expected


def test_depth_is_limited() -> None:
    value: list[object] = []
    for _other in range(2000):
        value = [value]
    with pytest.raises(YamlError, match="nested deeper"):
        dumps(value)

# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``--set`` and its kin. Expected results and messages were printed by Helm 4 (pkg/strvals).

A new case is a new line.
"""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.strvals import parse_into
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ValuesError
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.values import Int64
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.gojson import json_dumps, json_loads

CASES: list[tuple[str, str, str]] = [
    ("set", "a=", '{"a":""}'),
    ("set", "a=1,", '{"a":1}'),
    ("set", "a= 1", '{"a":" 1"}'),
    ("set", "a=b=c", '{"a":"b=c"}'),
    ("set", "a=x\\,y", '{"a":"x,y"}'),
    ("set", "a\\.b=1", '{"a.b":1}'),
    ("set", "a[2]=x", '{"a":[null,null,"x"]}'),
    ("set", "a={1,2,x}", '{"a":[1,2,"x"]}'),
    ("set", "a={}", '{"a":[""]}'),
    ("set", "=1", "{}"),
    ("set", ".a=1", "{}"),
    ("set", "a=x\\", '{"a":"x"}'),
    (
        "set",
        "a=1.5,b=007,c=0,d=TRUE,e=null,f={},g=1e3,h[2]=x,i=\\,x,j.k\\.l=1",
        '{"a":"1.5","b":"007","c":0,"d":true,"e":null,"f":[""],"g":"1e3","h":[null,null,"x"],"i":",x","j":{"k.l":1}}',
    ),
    ("set", "a[0].b=1,a[0].c=2", '{"a":[{"b":1,"c":2}]}'),
    ("set", "a[", "{}"),
    ("set", "a[0]", '{"a":[]}'),
    ("set", "a[0][1]=2,a[0][0]=1", '{"a":[[1,2]]}'),
    ("set", "a[0]=1,a[0].b=2", '{"a":[{"b":2}]}'),
    (
        "set",
        "a=+5,b=-007,c=9223372036854775808,d=-9223372036854775808,e=-0",
        '{"a":5,"b":-7,"c":"9223372036854775808","d":-9223372036854775808,"e":0}',
    ),
    ("set", "a=,b=1", '{"a":"","b":1}'),
    ("set", "a={1,2},b=3", '{"a":[1,2],"b":3}'),
    ("set", "a={1,2}x=3", '{"a":[1,2],"x":3}'),
    ("set", "a={null,TRUE,1}", '{"a":[null,true,1]}'),
    ("set", "a[0]=", '{"a":[""]}'),
    ("set", "a[0]=,b=1", '{"a":[""],"b":1}'),
    ("set", "a[0]={1,2}", '{"a":[[1,2]]}'),
    ("set", "a[+1]=2", '{"a":[null,2]}'),
    ("set", "a.b[0].c[1]=d", '{"a":{"b":[{"c":[null,"d"]}]}}'),
    ("set", "a[0].=1", '{"a":[{}]}'),
    ("set", "[0]=1", "{}"),
    ("set", "", "{}"),
    ("set", "a=falſe", '{"a":false}'),
    ("set", "\xe9=\xfc,\u65e5\n=1", '{"é":"ü","日\\n":1}'),
    ("set-string", "a=1,b=true", '{"a":"1","b":"true"}'),
    ("set-string", "a={1,null}", '{"a":["1","null"]}'),
    ("set-string", "a=\\,x", '{"a":",x"}'),
    ("set-string", "a[1]=0", '{"a":[null,"0"]}'),
    ("set-json", 'a=1,b="x"', '{"a":1,"b":"x"}'),
    ("set-json", "a=", '{"a":null}'),
    ("set-json", 'a= , b=[1,{"c":null}]', '{" b":[1,{"c":null}],"a":null}'),
    ("set-json", 'a={"b":1},c.d[1]=true', '{"a":{"b":1},"c":{"d":[null,true]}}'),
    ("set-json", "a=2e1.x=1", '{"a":20}'),
    ("set-json", "a[0]=,b=1", '{"a":[null],"b":1}'),
    ("set-json", '{"a":{"b":1}}', '{"a":{"b":1}}'),
    ("set-literal", "c=x,d=1\\,2", '{"c":"x,d=1\\\\,2"}'),
    ("set-literal", "a.b=c=d", '{"a":{"b":"c=d"}}'),
    ("set-literal", "a\\.b=1", '{"a\\\\":{"b":"1"}}'),
    ("set-literal", "a[1]=x,y", '{"a":[null,"x,y"]}'),
    ("set-literal", "a[0].b={1,2}", '{"a":[{"b":"{1,2}"}]}'),
    ("set-literal", "a=", '{"a":""}'),
    ("set-file", "a=p", '{"a":"F(p)"}'),
    ("set-file", "a={p,q}", '{"a":["F(p)","F(q)"]}'),
    ("set-file", "a.b=p,c=q", '{"a":{"b":"F(p)"},"c":"F(q)"}'),
    ("set-file", "a[1]=p\\,q", '{"a":[null,"F(p,q)"]}'),
]

FAULTS: list[tuple[str, str, str]] = [
    ("set", "a", 'failed parsing --set data: key "a" has no value'),
    ("set", "a={1", "failed parsing --set data: list must terminate with '}'"),
    (
        "set",
        "a=1,a.b=2",
        "failed parsing --set data: unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}",
    ),
    ("set", "a[x]=1", 'failed parsing --set data: error parsing index: strconv.Atoi: parsing "x": invalid syntax'),
    ("set", "a[65537]=1", "failed parsing --set data: index of 65537 is greater than maximum supported index of 65536"),
    ("set", "a[-1]=1", "failed parsing --set data: negative -1 index not allowed"),
    ("set", "a.=1", 'failed parsing --set data: key map "a" has no value'),
    (
        "set",
        "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g.h=1",
        "failed parsing --set data: value name nested level is greater than maximum supported nested level of 30",
    ),
    ("set", "a[0]b=1", "failed parsing --set data: unexpected data at end of array index: ['b']"),
    (
        "set",
        "a[0]=1,a[0][0]=2",
        "failed parsing --set data: unable to parse key: interface conversion: interface {} is int64, not []interface {}",
    ),
    (
        "set",
        "a=1,a[0]=2",
        "failed parsing --set data: unable to parse key: interface conversion: interface {} is int64, not []interface {}",
    ),
    ("set", "a,b=1", 'failed parsing --set data: key "a" has no value (cannot end with ,)'),
    (
        "set",
        "a[99999999999999999999]=1",
        'failed parsing --set data: error parsing index: strconv.Atoi: parsing "99999999999999999999": value out of range',
    ),
    ("set", "a.b", 'failed parsing --set data: key "b" has no value'),
    ("set", ",", 'failed parsing --set data: key "" has no value (cannot end with ,)'),
    ("set", "a=1,,b=2", 'failed parsing --set data: key "" has no value (cannot end with ,)'),
    ("set", "a[0]'\"x=1", "failed parsing --set data: unexpected data at end of array index: ['\\'' '\"' 'x']"),
    ("set-json", "a=1x", "failed parsing --set-json data"),
    ("set-json", "a=1.x", "failed parsing --set-json data"),
    ("set-json", "a=1.5.,b=1", "failed parsing --set-json data"),
    ("set-json", "a=1.5e", "failed parsing --set-json data"),
    ("set-json", 'a={"b":1', "failed parsing --set-json data"),
    ("set-json", '{"a":', "failed parsing --set-json data JSON"),
    ("set-json", "a=tru", "failed parsing --set-json data"),
    ("set-literal", "a", 'failed parsing --set-literal data: key "a" has no value'),
    ("set-literal", "a.=1", 'failed parsing --set-literal data: key map "a" has no value'),
]

#: kind, text, what is there before, the result
INTO = [
    ("set", "a.b=1,l[2]=x", '{"a":{"c":2},"l":[1]}', '{"a":{"b":1,"c":2},"l":[1,null,"x"]}'),
    ("set", "a=null", '{"a":{"c":2}}', '{"a":null}'),
    ("set-json", '{"a":{"b":[1]}}', '{"a":{"b":[7,8],"c":2}}', '{"a":{"b":[1],"c":2}}'),
    ("set-literal", "a.b=x", '{"a":{"b":[7,8],"c":2}}', '{"a":{"b":"x","c":2}}'),
    ("set", "l[0].k=1", '{"l":["x",{"y":1}]}', '{"l":[{"k":1},{"y":1}]}'),
]
INTO_FAULTS = [
    ("set", "a.b=1", '{"a":5}', "unable to parse key: interface conversion: interface {} is float64, not map[string]interface {}"),
    ("set", "a.b=1", '{"a":null}', "unable to parse key: interface conversion: interface {} is nil, not map[string]interface {}"),
    ("set", "a[0]=1", '{"a":{}}', "unable to parse key: interface conversion: interface {} is map[string]interface {}, not []interface {}"),
    ("set", "a[0][0]=1", '{"a":[true]}', "unable to parse key: interface conversion: interface {} is bool, not []interface {}"),
]


def parsed(kind: str, text: str, before: str = "{}") -> str:
    dest = json_loads(before)
    parse_into(text, dest, kind=kind, read_file=lambda path: f"F({path})")
    return json_dumps(dest)


@pytest.mark.parametrize(("kind", "text", "expected"), CASES)
def test_cases(kind: str, text: str, expected: str) -> None:
    assert parsed(kind, text) == expected


@pytest.mark.parametrize(("kind", "text", "expected"), FAULTS)
def test_faults(kind: str, text: str, expected: str) -> None:
    with pytest.raises(ValuesError) as caught:
        parsed(kind, text)
    assert caught.value.helm == expected


@pytest.mark.parametrize(("kind", "text", "before", "expected"), INTO)
def test_into(kind: str, text: str, before: str, expected: str) -> None:
    assert parsed(kind, text, before) == expected


@pytest.mark.parametrize(("kind", "text", "before", "expected"), INTO_FAULTS)
def test_into_faults(kind: str, text: str, before: str, expected: str) -> None:
    with pytest.raises(ValuesError) as caught:
        parsed(kind, text, before)
    assert caught.value.helm == f"failed parsing --{kind} data: {expected}"


def test_whole_numbers_are_int64() -> None:
    dest: dict[str, object] = {}
    parse_into("a=5,b={1},c=1.5,d=true", dest)
    assert [type(dest["a"]), type(dest["c"]), type(dest["d"])] == [Int64, str, bool]
    assert dest["b"][0].__class__ is Int64  # type: ignore[index]


def test_json_that_does_not_parse_is_not_repeated() -> None:
    with pytest.raises(ValuesError) as caught:
        parsed("set-json", 'password="hunter2')
    assert "hunter2" not in f"{caught.value} {caught.value.helm} {caught.value.fields}"


def test_files_that_are_no_text() -> None:
    dest: dict[str, object] = {}
    parse_into("a=p", dest, kind="set-file", read_file=lambda path: b"x\xffy")
    assert dest == {"a": "x\udcffy"}


def test_a_bad_file_is_reported() -> None:
    def refuse(path: str) -> str:
        raise ValuesError(f"no file {path}")

    with pytest.raises(ValuesError, match="no file p"):
        parse_into("a=p", {}, kind="set-file", read_file=refuse)

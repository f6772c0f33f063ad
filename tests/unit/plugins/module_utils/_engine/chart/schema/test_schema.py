# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values against a schema. Expected findings were printed by Helm 4; a new case is a new line.

Cases have one finding where Helm walks a map, since its order is chance.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, Metadata
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.schema import evaluate, metaschemas
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.schema import validate as schemas
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OperatorError, SchemaError
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotypes.values import Int64
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.load import loads
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCache

#: values, schema, Helm's text behind the chart's name ("" when the values fit)
CASES: list[tuple[str, str, str]] = [
    (
        "a: 1.5",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '': missing property 'q'\n- at '/a': got number, want null or boolean or integer or string\n",
    ),
    (
        "s: yy\nq: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '/s': validation failed\n  - at '/s': minLength: got 2, "
        "want 12,345\n  - at '/s': 'yy' does not match pattern '^x$'\n-"
        " at '': additional properties 'q' not allowed\n",
    ),
    (
        "e: 3\nq: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '/e': value must be one of 1, 'a', <nil>, true, 2.50\n- at '': additional properties 'q' not allowed\n",
    ),
    (
        "f: x\nq: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '/f': 'x' is not valid email: missing @\n- at '': additional properties 'q' not allowed\n",
    ),
    (
        "any: {x: 1}\nq: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '/any': 'anyOf' failed\n  - at '/any': got object, want "
        "string\n  - at '/any': validation failed\n    - at '/any': min"
        "Properties: got 1, want 3\n    - at '/any': missing property "
        "'y'\n- at '': additional properties 'q' not allowed\n",
    ),
    (
        "all: 3\nq: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '/all': 'allOf' failed\n  - at '/all': minimum: got 3, w"
        "ant 5\n  - at '/all': maximum: got 3, want 1\n- at '': additio"
        "nal properties 'q' not allowed\n",
    ),
    (
        "r: 1\nq: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '/r': got number, want string\n- at '': additional properties 'q' not allowed\n",
    ),
    (
        "o: 2\nq: 2",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '/o': 'oneOf' failed, subschemas 0, 1 matched\n- at '': additional properties 'q' not allowed\n",
    ),
    (
        "a: 5.0\nq: 2",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":'
        '"object","required":["q"],"additionalProperties":false,"prop'
        'erties":{"a":{"type":["integer","null","string","boolean"]},'
        '"n":{"minimum":1000000.5,"multipleOf":3},"s":{"minLength":12'
        '345,"pattern":"^x$"},"e":{"enum":[1,"a",null,true,2.50]},"f"'
        ':{"format":"email"}, "any":{"anyOf":[{"type":"string"},{"req'
        'uired":["x","y"],"minProperties":3}]},"all":{"allOf":[{"mini'
        'mum":5},{"maximum":1}]}, "r":{"$ref":"#/definitions/d"},"o":'
        '{"oneOf":[{"type":"number"},{"minimum":1}]}},"definitions":{'
        '"d":{"type":"string"}}}',
        "- at '': additional properties 'q' not allowed\n",
    ),
    ("a: 1", "{", "unexpected EOF"),
    ("a: 1", "", "EOF"),
    (
        "a: 1",
        '{"type":"foo"}',
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'https://json-schema.or"
        "g/draft/2020-12/schema#'\n- at '': 'allOf' failed\n  - at '/ty"
        "pe': 'anyOf' failed\n    - at '/type': value must be one of '"
        "array', 'boolean', 'integer', 'null', 'number', 'object', 's"
        "tring'\n    - at '/type': got string, want array",
    ),
    ("a: 1", '{"$ref":"#/x"}', 'json-pointer in "file:///values.schema.json#/x" not found'),
    ("a: 1", '{"$ref":"urn:x"}', ""),
    (
        "a: 1",
        '{"pattern":"("}',
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'https://json-schema.or"
        "g/draft/2020-12/schema#'\n- at '': 'allOf' failed\n  - at '/pa"
        "ttern': '(' is not valid regex: error parsing regexp: missin"
        "g closing ): `(`",
    ),
    ("a: 1", "{} x", "invalid character after top-level value"),
    ("a: 1", "false", "- at '': false schema\n"),
    ("a: 1", '{"properties":{"a":{"minimum":1234567.25}}}', "- at '/a': minimum: got 1, want 1.23456725\xd710\u2070\u2076\n"),
    ("a: 1", '{"properties":{"a":{"minimum":123456789012}}}', "- at '/a': minimum: got 1, want 1.23456789012\xd710\xb9\xb9\n"),
    (
        "a: 1",
        '{"properties":{"a":{"minimum":0.000001,"maximum":0.5,"multipleOf":1e21}}}',
        "- at '/a': maximum: got 1, want 0.5\n- at '/a': multipleOf: got 1, want 1\xd710\xb2\xb9\n",
    ),
    (
        "a: 1",
        "[]",
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'https://json-schema.or"
        "g/draft/2020-12/schema#'\n- at '': got array, want boolean or"
        " object",
    ),
    (
        "a: 1",
        '{"properties":{"a":5}}',
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'https://json-schema.or"
        "g/draft/2020-12/schema#'\n- at '': 'allOf' failed\n  - at '/pr"
        "operties/a': got number, want boolean or object",
    ),
    (
        "a: 1",
        '{"required":["b","c"],"propertyNames":{"maxLength":0},"depen'
        'dentRequired":{"a":["x","y"]},"not":{"type":"object"},"maxPr'
        'operties":0, "unevaluatedProperties":false,"if":{"required":'
        '["a"]},"then":{"required":["t"]}}',
        "- at '': maxProperties: got 1, want 0\n- at '': missing prope"
        "rties 'b', 'c'\n- at '': invalid propertyName 'a'\n  - at '': "
        "maxLength: got 1, want 0\n- at '': properties 'x', 'y' requir"
        "ed, if 'a' exists\n- at '': 'not' failed\n- at '': missing pro"
        "perty 't'\n- at '/a': false schema\n",
    ),
    (
        "a: 1",
        '{"$ref":"#/$defs/a","$defs":{"a":{"minProperties":3,"required":["z"]}}}',
        "- at '': validation failed\n  - at '': minProperties: got 1, want 3\n  - at '': missing property 'z'\n",
    ),
    ("a: 1", '{"properties":{"a":{"const":"it\'s \\"q\\""}}}', "- at '/a': value must be 'it\\'s \"q\"'\n"),
    ("a: 1", '{"properties":{"a":{"const":{}}}}', "- at '/a': 'const' failed\n"),
    ("a: 1", '{"properties":{"a":{"enum":[{}]}}}', "- at '/a': 'enum' failed\n"),
    ("a: 1", '{"$id":"http://example.com/x.json","required":["b"]}', "- at '': missing property 'b'\n"),
    ("a: 1", '{"$id":"http://example.com/x.json","$ref":"#/$defs/q","$defs":{"q":{"required":["b"]}}}', "- at '': missing property 'b'\n"),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":1234567.25,"exclusiveMaximum":1234567.25}}}',
        "- at '/a': exclusiveMinimum: got 1, want 1.23456725\xd710\u2070\u2076\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":123456.789012345,"exclusiveMaximum":123456.789012345}}}',
        "- at '/a': exclusiveMinimum: got 1, want 123,456.789012345\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":0.123456789012345678,"exclusiveMaximum":0.123456789012345678}}}',
        "- at '/a': exclusiveMaximum: got 1, want 0.12345678901234568\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":1e-7,"exclusiveMaximum":1e-7}}}',
        "- at '/a': exclusiveMaximum: got 1, want 1\xd710\u207b\u2070\u2077\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":0.00001,"exclusiveMaximum":0.00001}}}',
        "- at '/a': exclusiveMaximum: got 1, want 1\xd710\u207b\u2070\u2075\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":-1234.5,"exclusiveMaximum":-1234.5}}}',
        "- at '/a': exclusiveMaximum: got 1, want -1,234.5\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":1e100,"exclusiveMaximum":1e100}}}',
        "- at '/a': exclusiveMinimum: got 1, want 1\xd710\xb9\u2070\u2070\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":999999,"exclusiveMaximum":999999}}}',
        "- at '/a': exclusiveMinimum: got 1, want 999,999\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":1000000,"exclusiveMaximum":1000000}}}',
        "- at '/a': exclusiveMinimum: got 1, want 1\xd710\u2070\u2076\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":0.0001,"exclusiveMaximum":0.0001}}}',
        "- at '/a': exclusiveMaximum: got 1, want 0.0001\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"multipleOf":1.1,"exclusiveMinimum":1e-5,"exclusiveMaximum":1e-5}}}',
        "- at '/a': exclusiveMaximum: got 1, want 1\xd710\u207b\u2070\u2075\n- at '/a': multipleOf: got 1, want 1.1\n",
    ),
    ("a: 1", '{"$ref":"#nope"}', 'anchor in "file:///values.schema.json#nope" not found in schema "file:///values.schema.json"'),
    (
        "a: 1",
        '{"$schema":"http://json-schema.org/draft-04/schema#","properties":{"a":{"exclusiveMinimum":true,"minimum":1}}}',
        "- at '/a': exclusiveMinimum: got 1, want 1\n",
    ),
    (
        "a: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema","propert'
        'ies":{"a":{"$ref":"#/definitions/x","minimum":7}},"definitio'
        'ns":{"x":{"type":"string"}}}',
        "- at '/a': got number, want string\n",
    ),
    (
        "a: 1",
        '{"properties":{"a":{"enum":[1,2]}},"items":[]}',
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'https://json-schema.or"
        "g/draft/2020-12/schema#'\n- at '': 'allOf' failed\n  - at '/it"
        "ems': got array, want boolean or object",
    ),
    (
        "a: 1",
        '{"$schema":"https://json-schema.org/draft/2019-09/schema","properties":{"a":{"enum":["1"]}},"type":"objec"}',
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'https://json-schema.or"
        "g/draft/2019-09/schema#'\n- at '': 'allOf' failed\n  - at '/ty"
        "pe': 'anyOf' failed\n    - at '/type': value must be one of '"
        "array', 'boolean', 'integer', 'null', 'number', 'object', 's"
        "tring'\n    - at '/type': got string, want array",
    ),
    (
        "a: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","type":"objec"}',
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'http://json-schema.org"
        "/draft-07/schema#'\n- at '/type': 'anyOf' failed\n  - at '/typ"
        "e': value must be one of 'array', 'boolean', 'integer', 'nul"
        "l', 'number', 'object', 'string'\n  - at '/type': got string,"
        " want array",
    ),
    (
        "a: 1",
        '{"$schema":"http://json-schema.org/draft-04/schema#","required":[]}',
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'http://json-schema.org"
        "/draft-04/schema#'\n- at '/required': minItems: got 0, want 1",
    ),
    (
        "a: 1",
        '{"$schema":"http://json-schema.org/draft-06/schema#","required":["z"],"if":{},"then":false}',
        "- at '': missing property 'z'\n",
    ),
    ("a: 1", '{"a":1,}', "invalid character '}' looking for beginning of object key string"),
    ("a: 1", "{'a':1}", "invalid character '\\'' looking for beginning of object key string"),
    (
        "a: 'x'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"uri"}}}',
        "- at '/a': 'x' is not valid uri: relative url\n",
    ),
    (
        "a: '1'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"ipv4"}}}',
        "- at '/a': '1' is not valid ipv4: expected four decimals\n",
    ),
    (
        "a: '1'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"ipv6"}}}',
        "- at '/a': '1' is not valid ipv6: missing colon\n",
    ),
    (
        "a: 'a_b'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"hostname"}}}',
        "- at '/a': 'a_b' is not valid hostname: invalid character '_'\n",
    ),
    (
        "a: 'x'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"date-time"}}}',
        "- at '/a': 'x' is not valid date-time: less than 20 characters long\n",
    ),
    (
        "a: 'x'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"time"}}}',
        "- at '/a': 'x' is not valid time: less than 9 characters long\n",
    ),
    (
        "a: 'x'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"json-pointer"}}}',
        "- at '/a': 'x' is not valid json-pointer: not starting with /\n",
    ),
    (
        "a: 'a@'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"email"}}}',
        "- at '/a': 'a@' is not valid email: invalid domain: label must be 1 to 63 characters long\n",
    ),
    ("a: 'x'", '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"foo"}}}', ""),
    (
        "a: '2020-01-01T25:00:00Z'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"date-time"}}}',
        "- at '/a': '2020-01-01T25:00:00Z' is not valid date-time: invalid time element: hour/min/sec out of range\n",
    ),
    (
        "a: '1.2.3.400'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"ipv4"}}}',
        "- at '/a': '1.2.3.400' is not valid ipv4: decimal must be between 0 and 255\n",
    ),
    (
        "a: ''",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"hostname"}}}',
        "- at '/a': '' is not valid hostname: label must be 1 to 63 characters long\n",
    ),
    ("a: 'http://a.b/c?d#e'", '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"uri"}}}', ""),
    ("a: 'a@b.c'", '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"email"}}}', ""),
    ("a: '2020-02-29'", '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"date"}}}', ""),
    ("a: '::1'", '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"ipv6"}}}', ""),
    ("a: 'P1DT2H'", '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"duration"}}}', ""),
    (
        "a: '123e4567-e89b-12d3-a456-426614174000'",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"uuid"}}}',
        "",
    ),
    ("a: '^a$'", '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"regex"}}}', ""),
    (
        "a: [1,2,2,{b: c}]",
        '{"properties":{"a":{"uniqueItems":true,"items":{"type":"number"},"maxItems":1,"contains":{"const":9}}}}',
        "- at '/a': maxItems: got 4, want 1\n- at '/a': items at 1 and"
        " 2 are equal\n- at '/a/3': got object, want number\n- at '/a':"
        " no items match contains schema\n  - at '/a/0': value must be"
        " 9\n  - at '/a/1': value must be 9\n  - at '/a/2': value must "
        "be 9\n  - at '/a/3': value must be 9\n",
    ),
    (
        "a: [1,2,2,{b: c}]",
        '{"properties":{"a":{"contains":{"type":"number"},"minContains":4,"maxContains":1}}}',
        "- at '/a': min 4 items required to match contains schema, bu"
        "t matched 3 items at 0 1 2\n  - at '/a/3': got object, want n"
        "umber\n- at '/a': max 1 items required to match contains sche"
        "ma, but matched 3 items at 0 1 2\n",
    ),
    (
        "a: [1,2,2,{b: c}]",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"items":[{}],"additionalItems":false}}}',
        "- at '/a': last 3 additionalItem(s) not allowed\n",
    ),
    (
        "a: [1,2,2,{b: c}]",
        '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"items":{"minimum":2}}}}',
        "- at '/a/0': minimum: got 1, want 2\n",
    ),
    (
        "k:\n  - {z: 1}",
        '{"properties":{"a/b~c":{"type":"number"},"it\'s":{"type":"str'
        'ing"},"k":{"items":{"required":["p"],"additionalProperties":'
        "false}}}}",
        "- at '/k/0': missing property 'p'\n- at '/k/0': additional properties 'z' not allowed\n",
    ),
    ('"a/b~c\'": 1', '{"additionalProperties":{"type":"string"}}', "- at '/a~1b~0c\\'': got number, want string\n"),
    ("a: 1", '{"dependencies":{"a":["b"]}}', "- at '': properties 'b' required, if 'a' exists\n"),
    (
        "a: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":["b"]},"patternProperties":{"^a":{"type":"string"}}}',
        "- at '': properties 'b' required, if 'a' exists\n- at '/a': got number, want string\n",
    ),
    (
        "a: 1",
        '{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":{"required":["c"]}}}',
        "- at '': missing property 'c'\n",
    ),
    ("a: ~", '{"properties":{"a":{"type":"string"}}}', "- at '/a': got null, want string\n"),
    (
        "a: 1",
        '{"oneOf":[{"required":["x"]},{"required":["y"]}]}',
        "- at '': 'oneOf' failed, none matched\n  - at '': missing property 'x'\n  - at '': missing property 'y'\n",
    ),
    ("a: 1\nb: {}", '{"additionalProperties":{"type":"object"}}', "- at '/a': got number, want object\n"),
    (
        "a: {b: {c: 1}}",
        '{"properties":{"a":{"allOf":[{"properties":{"b":{"properties":{"c":{"type":"string"}}}}},{"required":["z"]}]}}}',
        "- at '/a': 'allOf' failed\n  - at '/a/b/c': got number, want string\n  - at '/a': missing property 'z'\n",
    ),
    (
        "a: {b: 1, c: 2}",
        '{"properties":{"a":{"allOf":[{"properties":{"b":true}}],"unevaluatedProperties":false}}}',
        "- at '/a/c': false schema\n",
    ),
    (
        "a: {b: 1, c: 2}",
        '{"properties":{"a":{"anyOf":[{"properties":{"b":true}},{"properties":{"c":true}}],"unevaluatedProperties":false}}}',
        "",
    ),
    ("a: [1,2,3]", '{"properties":{"a":{"prefixItems":[true,true],"unevaluatedItems":false}}}', "- at '/a/2': false schema\n"),
    ("a: {n: {n: {n: 1}}}", '{"$defs":{"t":{"type":"object","properties":{"n":{"$ref":"#/$defs/t"}}}},"$ref":"#/$defs/t"}', ""),
    ("a: 1", '{"$defs":{"t":{"$anchor":"x","required":["u"]}},"$ref":"#x"}', "- at '': missing property 'u'\n"),
    (
        "a: 1",
        '{"properties":{"a":{"type":["string","array"]},"b":{}},"required":["a","b","c"]}',
        "- at '': missing properties 'b', 'c'\n- at '/a': got number, want string or array\n",
    ),
    (
        "a: b",
        '{"properties":{"a":{"$schema":"http://json-schema.org/draft-07/schema#","type":"number"}}}',
        "- at '/a': got string, want number\n",
    ),
    ("a: x\\ny", '{"properties":{"a":{"pattern":"^y$"}}}', "- at '/a': 'x\\\\ny' does not match pattern '^y$'\n"),
    (
        "a: 'x'",
        '{"properties":{"a":{"minLength":2,"maxLength":0,"pattern":"[0-9]+"}}}',
        "- at '/a': minLength: got 1, want 2\n- at '/a': maxLength: got 1, want 0\n- at '/a': 'x' does not match pattern '[0-9]+'\n",
    ),
    (
        "a: 7",
        '{"properties":{"a":{"not":{"type":"number"},"oneOf":[{"minimum":1},{"maximum":9},{"multipleOf":7}]}}}',
        "- at '/a': 'not' failed\n- at '/a': 'oneOf' failed, subschemas 0, 1 matched\n",
    ),
    ("a: false", '{"properties":{"a":{"const":true}}}', "- at '/a': value must be true\n"),
    ("a: 0", '{"properties":{"a":{"enum":[false]}}}', "- at '/a': value must be false\n"),
    ("a: 1", '{"properties":{"a":{"enum":[1.0]}},"required":["x"]}', "- at '': missing property 'x'\n"),
    ("a: 1", '{"if":{"required":["zz"]},"else":{"required":["e1","e2"]}}', "- at '': missing properties 'e1', 'e2'\n"),
    ("", '{"type":"object","minProperties":1}', "- at '': minProperties: got 0, want 1\n"),
    (
        "a: '1'",
        '{"properties": {"a": {"pattern": "(?!x)"}}}',
        '"file:///values.schema.json#" is not valid against metaschem'
        "a: jsonschema validation failed with 'https://json-schema.or"
        "g/draft/2020-12/schema#'\n- at '': 'allOf' failed\n  - at '/pr"
        "operties/a': 'allOf' failed\n    - at '/properties/a/pattern'"
        ": '(?!x)' is not valid regex: error parsing regexp: invalid "
        "or unsupported Perl syntax: `(?!`",
    ),
    ("a: ٣", '{"properties": {"a": {"pattern": "^\\\\d$"}}}', "- at '/a': '\u0663' does not match pattern '^\\\\d$'\n"),
    ("a: é", '{"properties": {"a": {"pattern": "^\\\\p{L}$"}}}', ""),
    ('a: "x\\n"', '{"properties": {"a": {"pattern": "^x$"}}}', "- at '/a': 'x\\n' does not match pattern '^x$'\n"),
    ("a: q", '{"properties": {"a": {"pattern": "^\\\\p{Lu}$"}}}', "- at '/a': 'q' does not match pattern '^\\\\p{Lu}$'\n"),
    (
        "a: b",
        '{"properties": {"a": {"pattern": "(?i)A|[[:digit:]]\\\\z"}}}',
        "- at '/a': 'b' does not match pattern '(?i)A|[[:digit:]]\\\\z'\n",
    ),
    # A draft is known by either scheme, by none, with or without an empty fragment; without a number it is the newest.
    ("a: 1", '{"$schema":"https://json-schema.org/draft-07/schema","required":["b"]}', "- at '': missing property 'b'\n"),
    ("a: 1", '{"$schema":"http://json-schema.org/draft/2020-12/schema#","required":["b"]}', "- at '': missing property 'b'\n"),
    (
        "a: 1",
        '{"$schema":"json-schema.org/draft-04/schema","required":["b"]}',
        '"file:///values.schema.json#" is not valid against metaschema: jsonschema validation failed with '
        "'http://json-schema.org/draft-04/schema#'\n- at '/$schema': 'json-schema.org/draft-04/schema' is not valid uri: relative url",
    ),
    ("a: 1", '{"$schema":"http://json-schema.org/schema#","required":["b"]}', "- at '': missing property 'b'\n"),
]


def chart(name: str, schema: object = None, *dependencies: Chart) -> Chart:
    data = None if schema is None else json.dumps(schema).encode()
    return Chart(metadata=Metadata(name=name), schema=data, dependencies=list(dependencies))


@pytest.mark.parametrize(("values", "schema", "expected"), CASES)
def test_a_cached_schema_changes_no_result(values: str, schema: str, expected: str) -> None:
    shelf = MemoryCache()
    for _time in range(2):
        assert schemas.validate_one(schema.encode(), loads(values) or {}, "c", [], shelf) == expected


def test_a_schema_is_held_against_its_metaschema_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[object] = []
    monkeypatch.setattr(evaluate, "is_surely_valid", lambda *_: False)
    real = evaluate._check_schema
    monkeypatch.setattr(evaluate, "_check_schema", lambda part, *more: (judged.append(part), real(part, *more)))
    shelf, fine, other, broken = MemoryCache(), b'{"type":"object"}', b'{"type": "object"}', b'{"type":"nothing"}'
    for schema, times in ((fine, 1), (fine, 1), (other, 2), (broken, 3), (broken, 4), (fine, 4)):
        schemas.validate_one(schema, {}, "c", [], shelf)
        assert len(judged) == times


@pytest.mark.parametrize(("values", "schema", "expected"), CASES)
def test_cases(values: str, schema: str, expected: str) -> None:
    findings: list[schemas.Finding] = []
    assert schemas.validate_one(schema.encode(), loads(values) or {}, "c", findings) == expected
    assert bool(findings) == bool(expected)


def test_every_chart_and_every_finding() -> None:
    sub = chart("s", {"required": ["k"]}, chart("deep", {"properties": {"n": {"type": "string"}}}))
    root = chart("c", {"required": ["q"], "properties": {"a": {"type": "integer"}, "b": {"type": "string", "pattern": "^x"}}}, sub)
    with pytest.raises(SchemaError) as caught:
        schemas.validate(root, {"a": "x", "b": "hunter2", "s": {"deep": {"n": 1.0}}})
    assert caught.value.helm == (
        "values don't meet the specifications of the schema(s) in the following chart(s):\n"
        "c:\n- at '': missing property 'q'\n- at '/a': got string, want integer\n- at '/b': 'hunter2' does not match pattern '^x'\n"
        "s:\n- at '': missing property 'k'\n"
        "deep:\n- at '/n': got number, want string\n"
    )
    assert caught.value.fields["findings"] == [
        {"chart": "c", "path": "", "message": "missing property 'q'"},
        {"chart": "c", "path": "/a", "message": "got string, want integer"},
        {"chart": "c", "path": "/b", "message": "does not match pattern '^x'"},
        {"chart": "s", "path": "", "message": "missing property 'k'"},
        {"chart": "deep", "path": "/n", "message": "got number, want string"},
    ]
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).startswith("the values do not match the schema: c: missing property 'q'; c: /a: got string")


def test_sections() -> None:
    root = chart("c", None, chart("s", {"required": ["k"]}))
    schemas.validate(root, {})
    schemas.validate(root, {"s": None})
    schemas.validate(root, {"s": {"k": 1.0}})
    with pytest.raises(SchemaError) as caught:
        schemas.validate(root, {"s": [1.0]})
    assert str(caught.value.helm).endswith("s:\ninvalid type for values: expected object (map), got []interface {}\n")


@pytest.mark.parametrize("value", [5, 5.0, Int64(5)])
def test_whole_floats_are_integers(value: Any) -> None:
    made = chart("c", {"properties": {"a": {"type": "integer", "enum": [5]}}})
    assert schemas.validate(made, {"a": value}) is None
    with pytest.raises(SchemaError):
        schemas.validate(made, {"a": value + 1})


@pytest.mark.parametrize("ref", ["http://example.com/a.json", "https://example.com/a.json", "file:///etc/passwd", "other.json"])
def test_nothing_is_fetched(ref: str) -> None:
    with pytest.raises(SchemaError, match="never fetched"):
        schemas.validate(chart("c", {"$ref": ref}), {})


def test_unknown_dialects_are_refused() -> None:
    with pytest.raises(SchemaError, match="is not a known draft"):
        schemas.validate(chart("c", {"$schema": "http://json-schema.org/draft-03/schema#"}), {})


def test_endless_references_end() -> None:
    with pytest.raises(SchemaError, match="causing reference cycle"):
        schemas.validate(chart("c", {"$ref": "#"}), {})


def test_without_the_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("jsonschema_rs", "jsonschema_specifications", "referencing", "referencing.exceptions", "referencing.jsonschema"):
        monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setattr(metaschemas, "_QUICK", {})
    schemas.validate(chart("c"), {})
    with pytest.raises(OperatorError, match=r"chart c has a values.schema.json, .* jsonschema"):
        schemas.validate(chart("c", {}), {})


def test_the_libraries_for_references_are_imported_where_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their import takes longer than most charts to render."""
    pytest.importorskip("jsonschema_rs")
    for library in ("referencing", "referencing.exceptions", "referencing.jsonschema"):
        monkeypatch.setitem(sys.modules, library, None)
    plain = {"properties": {"a": {"$ref": "#/$defs/b"}, "c": {"$ref": "#d"}, "e": {"$ref": "urn:x"}}, "$defs": {"b": {"type": "string"}, "f": {"$anchor": "d"}}}
    schemas.validate(chart("c", plain), {"a": "x", "c": 1, "e": 1})
    with pytest.raises(SchemaError, match="got number, want string"):
        schemas.validate(chart("c", plain), {"a": 1})
    with pytest.raises(OperatorError, match="jsonschema"):
        schemas.validate(chart("c", {"$id": "http://example.com/a"}), {})

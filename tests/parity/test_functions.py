# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every function of templates compared with the real helm, with usual, odd and wrong arguments.

Arguments are made from the parameter types in ``table.py``; ``OWN`` has arguments that types do not imply (layouts, patterns,
versions, certificates). Expressions that render are in one chart, one per line; those that fail are rendered alone, for helm's message.
Functions with random results are called inside an expression that returns only the shape of the result.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from conftest import render
from golden import table
from module_utils._engine.render.functions import functions as helms

MAP = '(dict "b" 1 "a" (list 2 "x") "" nil)'
VALUES = {
    "string": ('"abc"', '""', '"Äb-C_d 12.5"', "12"),
    "int": ("2", "0", "7", '"x"'),
    "float64": ("0.5", "1", '"x"'),
    "any": ('"abc"', "12.5", '(list 3 1 "a" 1)', MAP, "nil", "true", "-7", '"1_000"', "(list)"),
    "map": (MAP, "dict", '"x"'),
    "list": ('(list "a.b" "c")', "list", "1"),
    "time": ('(toDate "2006-01-02" "2020-02-29")', '"x"'),
    "bool": ("true", "false", "1"),
}
OWN: dict[str, tuple[str, ...]] = {
    "semver": ('(semver "1.2.3-rc.1+b").Prerelease', 'semver "v1"', 'semver "x.y"'),
    "semverCompare": ('semverCompare "^1.2 || >3" "1.9.0"', 'semverCompare ">=1.20-0" "v1.33.4-gke.1"', 'semverCompare "x" "1"'),
    "derivePassword": ('derivePassword 1 "long" "pw" "user" "x.y"', 'derivePassword 1 "nope" "pw" "user" "x.y"'),
    "decryptAES": ('encryptAES "k" "text" | decryptAES "k"', 'decryptAES "k" "!"'),
    "encryptAES": ('encryptAES "k" "some text" | b64dec | len', 'encryptAES "" "" | b64dec | len'),
    "bcrypt": ('bcrypt "x" | regexMatch "^[$]2a[$]10[$][./A-Za-z0-9]{53}$"', 'bcrypt (repeat 73 "x") | trunc 7'),
    "htpasswd": ('htpasswd "u" "p" | regexMatch "^u:[$]2a[$]10[$].{53}$"', 'htpasswd "u:v" "p"'),
    "genPrivateKey": ('genPrivateKey "ecdsa" | splitList "\\n" | first', 'genPrivateKey "ed25519" | trim | splitList "\\n" | last', 'genPrivateKey "x"'),
    "uuidv4": ('uuidv4 | regexMatch "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"',),
    "randAlpha": ('randAlpha 40 | regexMatch "^[A-Za-z]{40}$"', 'randAlpha 0 | quote', 'randAlpha "x"'),
    "randAlphaNum": ('randAlphaNum 40 | regexMatch "^[A-Za-z0-9]{40}$"', 'randAlphaNum 0 | quote'),
    "randAscii": ('randAscii 40 | len', 'randAscii 0 | quote'),
    "randNumeric": ('randNumeric 40 | regexMatch "^[0-9]{40}$"', 'randNumeric 0 | quote'),
    "randBytes": ('randBytes 33 | b64dec | len', 'randBytes 0 | quote'),
    "randInt": ('randInt 5 6', 'kindOf (randInt 0 100)'),
    "shuffle": ('shuffle "aaaa"', 'shuffle "" | quote', 'shuffle "abc" | len'),
    "now": ('typeOf now', 'now | date "2006" | len'),
    "ago": ('ago now', 'ago "x" | typeOf'),
    "date": ('toDate "2006-01-02 15:04" "2020-02-29 13:05" | date "Mon Jan _2 3:04PM 06 002"', 'date "2006" 0'),
    **{
        name: (f'{name} "2006-01-02T15:04" (toDate "2006-01-02" "2020-02-29") "Asia/Tokyo"', f'{name} "15:04" (toDate "2006" "2020") "No/Where"')
        for name in ("dateInZone", "date_in_zone")
    },
    "htmlDate": ('htmlDate (toDate "2006-01-02" "2020-02-29")', "htmlDate 0"),
    "htmlDateInZone": ('htmlDateInZone (toDate "2006-01-02" "2020-02-29") "UTC"', 'htmlDateInZone 0 "x"'),
    **{name: (f"{name} 2 (list 1 2 3)", f"{name} 3 list", f"{name} 0 (list 1)", f'{name} 1 "x"') for name in ("chunk", "mustChunk")},
    "keys": ("keys (dict `b` 1 `a` 2) | sortAlpha", "keys dict", "keys 1"),
    "values": ("values (dict `a` 1)", "values dict", "values 1"),
    **{name: (f"{name} 1 (list 1 2)", f"{name} `a` list", f"{name} nil (list nil)", f"{name} 1 2") for name in ("has", "mustHas")},
    **{
        name: (f'({name} "-1.5h" (toDate "2006-01-02" "2020-02-29")).Hour', f'{name} "x" (toDate "2006" "2020")')
        for name in ("dateModify", "date_modify", "mustDateModify", "must_date_modify")
    },
    "mustFromJson": ('mustFromJson `{"a": [1, 2.5, null]}`', "mustFromJson `[]`", "mustFromJson `{`", "mustFromJson 1"),
    "toDate": ('toDate "2006-01-02" "2020-02-29"', 'toDate "2006" "x" | unixEpoch', 'toDate "02 Jan 2006" "31 Feb 2020"'),
    "mustToDate": ('mustToDate "2006-01-02" "2020-02-29"', 'mustToDate "2006" "x"'),
    "genCA": ('$ca := genCA "x" 2 }}{{ $ca.Cert | splitList "\\n" | first', 'genCA "x" "y"'),
    "buildCustomCert": ('buildCustomCert "x" "y"', 'buildCustomCert "" ""'),
    "genSelfSignedCert": ('(genSelfSignedCert "x" (list "127.0.0.1") (list "a.b") 2).Key | splitList "\\n" | first',
    'genSelfSignedCert "x" (list "no") nil 2', 'genSelfSignedCert "x" (list 1) nil 2'),
    "genSignedCert": ('(genSignedCert "x" nil nil 2 (genCA "y" 2)).Key | splitList "\\n" | first', 'genSignedCert "x" nil nil 2 "y"'),
    "genCAWithKey": ('(genCAWithKey "x" 2 (genPrivateKey "ecdsa")).Cert | splitList "\\n" | first', 'genCAWithKey "x" 2 "key"'),
    "genSelfSignedCertWithKey": ('(genSelfSignedCertWithKey "x" nil nil 2 (genPrivateKey "ecdsa")).Cert | splitList "\\n" | first',
    'genSelfSignedCertWithKey "x" nil nil 2 "key"'),
    "genSignedCertWithKey": ('(genSignedCertWithKey "x" nil nil 2 (genCA "y" 2) (genPrivateKey "ecdsa")).Cert | splitList "\\n" | first',
    'genSignedCertWithKey "x" nil nil 2 (genCA "y" 2) "key"'),
    "dig": ('dig "a" "b" 1 (dict "a" (dict "b" 2))', 'dig "a" "z" 1 (dict "a" dict)', 'dig "a" 1 "x"', 'dig 1'),
    "include": ('include "t" 1', 'include "none" .'),
    "tpl": ('tpl "{{ .a }}" (dict "a" 1)', 'tpl "{{" .', 'tpl 1 .'),
    "required": ('required "m" 0', 'required "m" ""', 'required "m" nil'),
    "lookup": ('lookup "v1" "Pod" "" ""', 'lookup "v1" 1'),
    "getHostByName": ('getHostByName "x.invalid" | quote', 'getHostByName 1'),
    "fail": ('fail "x"', "fail 1"),
    "durationRound": ('durationRound "2h10m5s"', 'durationRound 3661', 'durationRound nil'),
    "urlParse": ('urlParse "https://u:p@h.x:8/p?q=1#f" | toJson', 'urlParse "%zz"'),
    "urlJoin": ('urlParse "https://u:p@h.x:8/p?q=1#f" | urlJoin', 'urlJoin dict', 'urlJoin 1'),
}  # fmt: skip
TYPES = {line[0]: line[1] for line in table._TABLE}
CHANCE = {line[0] for line in table._TABLE if line[4] == table.CHANCE}
NAMES = sorted({*TYPES, *helms(), "include", "tpl", "required", "fail", "lookup", "getHostByName"})
TYPES.update({name: "string" if name.startswith(("from", "mustFrom")) else "any" for name in helms() if name not in TYPES})
MOST = 12


def expressions(name: str) -> list[str]:
    """Calls of one function; of the combinations of arguments every n-th, so that each value has its turn."""
    if name in OWN:
        return [*OWN[name], f"{name} 1 2 3 4 5 6 7"]
    words = TYPES[name].split()
    kinds = [VALUES.get(word.removeprefix("..."), VALUES["any"]) for word in words]
    combined = list(itertools.product(*kinds))
    step = max(1, len(combined) // MOST)
    while step > 1 and any(step % len(kind) == 0 for kind in kinds):
        step += 1
    return [" ".join([name, *arguments]) for arguments in combined[::step]] + [f"{name} 1 2 3 4 5 6 7"]


def chart(folder: Path, lines: list[str]) -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (folder / "templates" / "_t.tpl").write_text('{{ define "t" }}{{ . }}{{ end }}')
    text = "".join(f"# {at}: {{{{ {line} }}}}\n" for at, line in enumerate(lines))
    (folder / "templates" / "t.yaml").write_text("{{ define `_` }}\n" + text + "{{ end }}a: {{ include `_` . | quote }}\n")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_function(name: str, judge, ours, tmp_path: Path) -> None:
    rendered, refused = [], []
    for at, line in enumerate(expressions(name)):
        alone = chart(tmp_path / f"alone{at}", [line])
        (refused if render(ours, "r", str(alone)).code else rendered).append((line, alone))
    together = chart(tmp_path / "together", [line for line, _alone in rendered])
    found = {f"{name}: what we render": judge.compare("r", str(together))} if rendered else {}
    if any(found.values()):
        found = {line: judge.compare("r", str(alone)) for line, alone in rendered}
    found.update({line: judge.compare("r", str(alone)) for line, alone in refused[:4]})
    assert rendered or name in ("fail", "buildCustomCert"), f"no call of {name} renders"
    assert refused or "..." in TYPES.get(name, ""), f"no call of {name} fails"
    different = {line: text for line, text in found.items() if text}
    known = {line.removeprefix("functions/") for line in judge.ledger if line.startswith("functions/")}
    assert {line: text for line, text in different.items() if line not in known} == {}
    gone = {line for line in known & set(found) if not found[line]}
    assert not gone, f"these stand in ledger.yaml and differ no more: {gone}"

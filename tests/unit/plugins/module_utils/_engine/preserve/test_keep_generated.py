# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``keep_generated``: generated values are preserved, with all values that depend on them.

Never only a part of them.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import KeepSource, Selector
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart

HEAD = "apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n"


def secret(name: str, kind: str = "Secret", **keys: str) -> str:
    """Each key a template whose result is the decoded value."""
    lines = [f"  {key}: {{{{ {text} | b64enc }}}}\n" for key, text in keys.items()]
    return HEAD.format(kind=kind, name=name) + "data:\n" + "".join(lines)


def plain(name: str, **keys: str) -> str:
    lines = [f"  {key}: {{{{ {text} | toString | quote }}}}\n" for key, text in keys.items()]
    return HEAD.format(kind="ConfigMap", name=name) + "data:\n" + "".join(lines)


def keep(name: str, *keys: str, kind: str = "Secret") -> tuple[KeepSource, ...]:
    return (KeepSource(Selector(kind, name, NS), tuple(("*", key) for key in keys)),)


def held(world: World, name: str, kind: str = "Secret") -> dict[str, str]:
    data = world.cluster.get(kind, name)["data"]
    return {key: base64.b64decode(text).decode() if kind == "Secret" else text for key, text in data.items()}


def replace(world: World, name: str, kind: str = "Secret", **keys: str | None) -> None:
    obj = world.cluster.get(kind, name)
    for key, text in keys.items():
        if text is None:
            del obj["data"][key]
        else:
            obj["data"][key] = base64.b64encode(text.encode()).decode() if kind == "Secret" else text
    world.cluster.replace(obj)


DB = {
    "a.yaml": '{{- define "pw" }}{{ if not .Values.pw }}{{ $_ := set .Values "pw" (randAlphaNum (int .Values.size)) }}{{ end }}{{ .Values.pw }}{{ end }}\n'
    + secret("db", password='include "pw" .', user=".Values.k"),
    "b.yaml": plain("app", url='printf "pg://u:%s@%s/x" (include "pw" .) .Values.k', sum='include "pw" . | sha256sum'),
}
VALUES = "k: v1\nsize: 16\n"


@pytest.fixture(name="db")
def database() -> Any:
    return chart(DB, values=VALUES)


def test_without_the_option_all_values_are_generated_again(world: World, db: Any) -> None:
    world.up(db)
    before = held(world, "db")["password"]
    world.up(db, {"k": "v2"})
    assert held(world, "db")["password"] != before


def test_what_is_live_stays_and_what_depends_on_it_follows(world: World, db: Any) -> None:
    world.up(db, keep=keep("db"))
    password = held(world, "db")["password"]
    world.up(db, {"k": "v2"}, keep=keep("db"))
    assert held(world, "db") == {"password": password, "user": "v2"}
    assert held(world, "app", "ConfigMap") == {"url": f"pg://u:{password}@v2/x", "sum": hashlib.sha256(password.encode()).hexdigest()}


def test_an_unchanged_task_asks_for_nothing_more(world: World, db: Any) -> None:
    world.up(db, keep=keep("db"))
    assert not world.up(db, keep=keep("db")).changed
    with_it = list(world.cluster.requests)
    assert not world.up(db).changed
    assert with_it == world.cluster.requests


def test_one_request_for_each_source(world: World, db: Any) -> None:
    world.up(db)
    twin = world.copy()
    world.up(db, {"k": "v2"}, keep=keep("db"))
    twin.up(db, {"k": "v2"})
    assert len(world.cluster.requests) == len(twin.cluster.requests) + 1


def test_a_manually_changed_value_is_preserved(world: World, db: Any) -> None:
    world.up(db)
    replace(world, "db", password="set by hand, of another length")
    world.up(db, {"k": "v2"}, keep=keep("db"))
    assert held(world, "db")["password"] == "set by hand, of another length"
    assert "set by hand, of another length" in held(world, "app", "ConfigMap")["url"]


def test_check_mode_predicts_it(world: World, db: Any) -> None:
    world.up(db)
    check = world.up(db, {"k": "v2"}, keep=keep("db"), check=True)
    assert not [step for step in check.plan.operations if step.unverified] and check.regenerated == ()
    run = world.up(db, {"k": "v2"}, keep=keep("db"))
    assert check.preserved == run.preserved == [f"Secret {NS}/db, key password"]
    assert check.release and run.release and check.release.manifest == run.release.manifest


def test_values_that_do_not_stay_are_still_reported_as_random(world: World) -> None:
    two = chart({"a.yaml": secret("db", password="randAlphaNum 16", user=".Values.k"), "b.yaml": plain("r", r="randAlphaNum 12")})
    world.up(two)
    assert world.up(two, {"k": "v2"}, keep=keep("db"), check=True).regenerated == ("v1/ConfigMap/r",)


def test_preserved_texts_are_hidden(world: World, db: Any) -> None:
    world.up(db)
    hidden: list[str] = []
    world.up(db, {"k": "v2"}, keep=keep("db"), hide=hidden.extend)
    assert hidden == [held(world, "db")["password"]]


def test_a_source_in_the_midst_of_a_text_whose_rest_changes(world: World, db: Any) -> None:
    world.up(db)
    password = held(world, "db")["password"]
    world.up(db, {"k": "v2"}, keep=keep("app", kind="ConfigMap"))
    assert held(world, "app", "ConfigMap")["url"] == f"pg://u:{password}@v2/x" and held(world, "db")["password"] == password


def test_a_first_installation_generates(world: World, db: Any) -> None:
    assert world.up(db, keep=keep("db")).changed
    assert len(held(world, "db")["password"]) == 16


def test_a_new_key_of_a_known_secret_is_generated(world: World) -> None:
    world.up(chart({"a.yaml": secret("s", one="randAlphaNum 20")}))
    one = held(world, "s")["one"]
    world.up(chart({"a.yaml": secret("s", zero="randAlphaNum 20", one="randAlphaNum 20")}), keep=keep("s"))
    assert held(world, "s")["one"] == one and len(held(world, "s")["zero"]) == 20


def test_only_the_keys_that_are_named(world: World) -> None:
    two = chart({"a.yaml": secret("s", one="randAlphaNum 20", two="randAlphaNum 20", k=".Values.k")})
    world.up(two)
    before = held(world, "s")
    world.up(two, {"k": "v2"}, keep=keep("s", "one"))
    after = held(world, "s")
    assert after["one"] == before["one"] and after["two"] != before["two"]


@pytest.mark.parametrize(
    "template",
    [
        "randAlphaNum 24 | lower", "randAlphaNum 40 | trunc 12", "randAlphaNum 20 | sha256sum", "uuidv4", "randBytes 24", "randAscii 30",
        'now | date "2006-01-02T15:04:05.000"', "now | unixEpoch | toString", "genPrivateKey \"ecdsa\"", 'encryptAES "k" "text"', 'bcrypt "pw"',
        'htpasswd "u" "pw"', "randNumeric 1", "randInt 0 10 | toString", 'randAlphaNum 30 | sha256sum | trunc 20 | upper',
        'dict "p" (randAscii 20) | toJson', 'randAscii 20 | urlquery', 'genPrivateKey "ed25519" | indent 4', 'printf "%s:%s" (randAlphaNum 9) (randAlphaNum 9)',
    ],
)  # fmt: skip
def test_ways_of_generating(world: World, template: str) -> None:
    one = chart({"a.yaml": secret("s", it=template, digit='"7"', k=".Values.k")})
    world.up(one)
    before = held(world, "s")
    world.up(one, {"k": "v2"}, keep=keep("s"))
    assert held(world, "s") == {**before, "k": "v2"}


def test_base64_that_is_written_as_generated(world: World) -> None:
    one = chart({"a.yaml": HEAD.format(kind="Secret", name="s") + "data:\n  raw: {{ randBytes 16 }}\n  k: {{ .Values.k | b64enc }}\n"})
    world.up(one)
    before = world.cluster.get("Secret", "s")["data"]["raw"]
    world.up(one, {"k": "v2"}, keep=keep("s"))
    assert world.cluster.get("Secret", "s")["data"]["raw"] == before


def test_a_hash_of_a_password_that_stays_is_made_of_it(world: World) -> None:
    import bcrypt

    files = {
        "a.yaml": '{{- $p := randAlphaNum 16 }}\n' + secret("p", password="$p", k=".Values.k") + "---\n" + secret("h", auth='htpasswd "u" $p'),
    }
    world.up(chart(files))
    hashed = held(world, "h")["auth"]
    world.up(chart(files), {"k": "v2"}, keep=keep("p"))
    password, regenerate = held(world, "p")["password"], held(world, "h")["auth"]
    assert regenerate != hashed and bcrypt.checkpw(password.encode(), regenerate.partition(":")[2].encode())
    world.up(chart(files), {"k": "v3"}, keep=keep("h"))
    assert held(world, "h")["auth"] == regenerate and held(world, "p")["password"] == password


def test_a_hash_of_another_password_does_not_stay(world: World) -> None:
    import bcrypt

    one = chart({"a.yaml": secret("h", auth='htpasswd "u" .Values.k')})
    world.up(one)
    world.up(one, {"k": "v2"}, keep=keep("h"))
    assert bcrypt.checkpw(b"v2", held(world, "h")["auth"].partition(":")[2].encode())


def test_a_manually_set_password_gets_its_own_hash(world: World) -> None:
    import bcrypt

    one = chart({"a.yaml": "{{- $p := randAlphaNum 16 }}\n" + secret("s", password="$p", auth='htpasswd "u" $p', k=".Values.k")})
    world.up(one)
    replace(world, "s", password="set by hand")
    check = world.up(one, {"k": "v2"}, keep=keep("s"), check=True)
    assert check.regenerated == ("v1/Secret/s",)
    world.up(one, {"k": "v2"}, keep=keep("s"))
    now = held(world, "s")
    assert now["password"] == "set by hand" and bcrypt.checkpw(b"set by hand", now["auth"].partition(":")[2].encode())


def test_charts_that_keep_their_values_by_lookup(world: World) -> None:
    text = '{{- $s := lookup "v1" "Secret" .Release.Namespace "s" }}{{- $p := randAlphaNum 16 }}{{ if $s }}{{ $p = $s.data.password | b64dec }}{{ end }}\n'
    one = chart({"a.yaml": text + secret("s", password="$p", k=".Values.k")})
    world.up(one)
    before = held(world, "s")["password"]
    world.up(one, {"k": "v2"}, keep=keep("s"))
    assert held(world, "s") == {"password": before, "k": "v2"}


def test_hooks_too(world: World) -> None:
    text = HEAD.format(kind="Secret", name="s") + '  annotations:\n    "helm.sh/hook": pre-install,pre-upgrade\n'
    one = chart({"a.yaml": text + "data:\n  p: {{ randAlphaNum 16 | b64enc }}\n", "b.yaml": plain("m", k=".Values.k")})
    world.up(one)
    before = held(world, "s")["p"]
    world.up(one, {"k": "v2"}, keep=keep("s"))
    assert held(world, "s")["p"] == before


def test_subcharts_tpl_and_jinja(world: World) -> None:
    files = {
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
        "charts/sub/templates/s.yaml": secret("sub", p="randAlphaNum 16"),
        "Chart.yaml": 'apiVersion: v2\nname: demo\nversion: 0.1.0\nannotations:\n  charts.windlass.io/jinja: "true"\n',
        "jinja/j.yaml": HEAD.format(kind="Secret", name="jin") + "data:\n  p: {{ randAlphaNum(16) | b64enc }}\n",
    }
    one = chart({"t.yaml": secret("tpl", p='tpl "{{ randAlphaNum 16 }}" .', k=".Values.k")}, files=files)
    world.up(one)
    before = [held(world, name)["p"] for name in ("sub", "tpl", "jin")]
    world.up(one, {"k": "v2"}, keep=keep("*"))
    assert [held(world, name)["p"] for name in ("sub", "tpl", "jin")] == before
    world.up(one, {"k": "v3"})
    assert [held(world, name)["p"] for name in ("sub", "tpl", "jin")] != before


def test_a_generated_number_does_not_match_equal_numbers(world: World) -> None:
    text = "{{- $n := randInt 24 25 }}\n" + secret("s", base="trunc 24 .Values.k", number="$n | toString")
    world.up(chart({"a.yaml": text}), {"k": "name-of-a-database-v1"})
    world.up(chart({"a.yaml": text}), {"k": "name-of-a-database-v2"}, keep=keep("s"))
    assert held(world, "s") == {"base": "name-of-a-database-v2", "number": "24"}


def test_a_field_of_any_kind(world: World) -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n"
    text += "    - {name: a, port: 1, nodePort: {{ randInt 30000 32767 }}}\n    - {name: b, port: 2, nodePort: {{ randInt 30000 32767 }}}\n"
    one = chart({"a.yaml": text + "  k: {{ .Values.k }}\n"})
    world.up(one)
    before = world.cluster.get("Service", "web")["spec"]["ports"]
    source = (KeepSource(Selector("Service", "web", NS), (("spec", "ports", "a", "nodePort"),)),)
    world.up(one, {"k": "v2"}, keep=source)
    after = world.cluster.get("Service", "web")["spec"]["ports"]
    assert after[0] == before[0] and after[1] != before[1]


@pytest.mark.parametrize(
    ("template", "live", "stays"),
    [
        ('printf "a=%s b=%s" .p .q', "a=PPPPPPPPPPPPPPPP b=QQQQQQQQQQQQQQQQ", True),
        ('printf "a=%s b=%s" .p .q', "a=of another length b=and this", True),
        ('printf "x\\n a=%s;\\n b=%s;\\n" .p .q', "another\n b=QQQQQQQQQQQQQQQQ;\n more\n a=PPPPPPPPPPPPPPPP;\n", True),
        ('printf "host=%s;%s;" $.Values.k .p', "host=another.example;PPPPPPPPPPPPPPPP;", True),
        ('printf "%s%s" .p .q', "PPPPPPPPPPPPPPPPQQQQQQQQQQQQQQQQ", True),
        ('printf "%s%s" .p .q', "they meet where nobody knows", False),
        ('printf "one %s" .p', "nothing like that", False),
    ],
)
def test_texts_that_contain_generated_values(world: World, template: str, live: str, stays: bool) -> None:
    make = '{{- with dict "p" (randAlphaNum 16) "q" (randAlphaNum 16) }}\n'
    one = chart({"a.yaml": make + secret("s", text=template) + "{{- end }}\n"})
    world.up(one)
    replace(world, "s", text=live)
    values = [part for part in ("PPPPPPPPPPPPPPPP", "QQQQQQQQQQQQQQQQ", "of another length", "and this") if part in live]
    if stays:
        world.up(one, {"k": "v2"}, keep=keep("s"))
        assert all(part in held(world, "s")["text"] for part in values)
    else:
        with pytest.raises(errors.OptionError, match="cannot be determined"):
            world.up(one, {"k": "v2"}, keep=keep("s"))


# ------------------------------------------------------------------------------------------------------------- certificates

TLS = '{{- $ca := genCA "ca" 30 }}{{- $c := genSignedCert "web" nil (list .Values.k) 30 $ca }}\n'


def tls(**more: str) -> dict[str, str]:
    cert = TLS + secret("tls", cert="$c.Cert", key="$c.Key", **more) + "---\n" + plain("hook", bundle="$ca.Cert | b64enc", k=".Values.k")
    return {"a.yaml": cert}


def issued(world: World) -> None:
    from cryptography import x509

    ca = base64.b64decode(held(world, "hook", "ConfigMap")["bundle"])
    cert = x509.load_pem_x509_certificate(held(world, "tls")["cert"].encode())
    cert.verify_directly_issued_by(x509.load_pem_x509_certificate(ca))


def test_the_ca_of_a_certificate_that_stays_is_read_where_the_chart_puts_it(world: World) -> None:
    world.up(chart(tls()), {"k": "same"})
    before, bundle = held(world, "tls"), held(world, "hook", "ConfigMap")["bundle"]
    outcome = world.up(chart(tls(), version="0.2.0"), {"k": "same"}, keep=keep("tls"))
    assert (held(world, "tls"), held(world, "hook", "ConfigMap")["bundle"]) == (before, bundle) and not outcome.warnings
    issued(world)
    outcome = world.up(chart(tls()), {"k": "other"}, keep=keep("hook", "bundle", kind="ConfigMap"))
    assert (held(world, "tls"), held(world, "hook", "ConfigMap")["bundle"]) == (before, bundle)
    assert outcome.warnings == [f"keep_generated: the preserved certificate in Secret {NS}/tls, key cert is not valid for other; remove them from "
                                "keep_generated once to generate them again"]  # fmt: skip


@pytest.mark.parametrize("name", ["a", "vault", "vault.apps", "vault.apps.svc", "vault.apps.svc.cluster.local"])
def test_lines_that_all_certificates_of_a_name_have_are_no_leftovers(world: World, name: str) -> None:
    world.up(chart(tls()), {"k": name})
    before = held(world, "tls")
    world.up(chart(tls(), version="0.2.0"), {"k": name}, keep=keep("tls"))
    assert held(world, "tls") == before


def test_a_preserved_ca_signs_again_where_its_key_is_known(world: World) -> None:
    files = tls(cakey="$ca.Key")
    world.up(chart(files))
    before = held(world, "tls")
    world.up(chart(files), {"k": "other"}, keep=keep("tls", "cakey"))
    assert held(world, "tls")["cakey"] == before["cakey"] and held(world, "tls")["cert"] != before["cert"]
    issued(world)


def test_a_certificate_whose_ca_is_gone_is_refused(world: World) -> None:
    world.up(chart(tls()))
    replace(world, "hook", "ConfigMap", bundle=None)
    state = world.state()
    with pytest.raises(errors.OptionError, match=f"the certificate of its CA, which the chart writes to ConfigMap {NS}/hook, key bundle, does not exist"):
        world.up(chart(tls()), {"k": "v2"}, keep=keep("tls"))
    assert world.state() == state


def test_a_key_of_another_certificate_is_refused(world: World) -> None:
    world.up(chart(tls()))
    other = world.copy()
    other.up(chart(tls()), {"k": "v2"})
    replace(world, "tls", key=held(other, "tls")["key"])
    with pytest.raises(errors.OptionError, match="does not match the certificate in"):
        world.up(chart(tls()), {"k": "v2"}, keep=keep("tls"))


def test_a_certificate_of_another_ca_is_refused(world: World) -> None:
    world.up(chart(tls()))
    other = world.copy()
    other.up(chart(tls()), {"k": "v2"})
    replace(world, "hook", "ConfigMap", bundle=held(other, "hook", "ConfigMap")["bundle"])
    with pytest.raises(errors.OptionError, match="is not signed by its CA"):
        world.up(chart(tls()), {"k": "v2"}, keep=keep("tls"))


def test_an_expired_certificate_stays_with_a_warning(world: World) -> None:
    world.up(chart(tls()))
    world.clock.sleep(86400 * 40)
    outcome = world.up(chart(tls(), version="0.2.0"), keep=keep("tls"))
    assert [text for text in outcome.warnings if "expired on" in text]


# ----------------------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("files", "named", "words"),
    [
        ({"a.yaml": secret("s", p="randAlphaNum 16")}, keep("other"), f"names Secret {NS}/other, and the chart renders no such object .* Secret {NS}/s"),
        ({"a.yaml": secret("s", p="randAlphaNum 16")}, keep("s", "nothing"), "has no key nothing"),
        ({"a.yaml": secret("s", p='now.Format "2006-01-02 15:04:05"', k=".Values.k")}, keep("s"), "computed from generated values in a way that"),
        ({"a.yaml": secret("s", p='printf "%s-%s" (randAlpha 2) (randAlpha 2)', k=".Values.k")}, keep("s"), "computed from generated values"),
    ],
    ids=["no object", "no key", "not to be turned back", "few signs within a text"],
)  # fmt: skip
def test_refused_before_anything_is_written(world: World, files: dict[str, str], named: Any, words: str) -> None:
    world.up(chart(files))
    state = world.state()
    for check in (True, False):
        with pytest.raises(errors.OptionError, match=words):
            world.up(chart(files), {"k": "v2"}, keep=named, check=check)
    assert world.state() == state


def test_a_chart_that_decides_by_what_it_generates(world: World) -> None:
    text = '{{- $p := randAlphaNum 16 }}{{ $q := "" }}{{ if hasPrefix "mine" $p }}{{ $q = randAlphaNum 16 }}{{ end }}\n'
    one = chart({"a.yaml": text + secret("s", p="$p", q='print "q" $q')})
    world.up(one)
    replace(world, "s", p="mine and a secret")
    with pytest.raises(errors.OptionError, match="depend on other generated values") as caught:
        world.up(one, {"k": "v2"}, keep=keep("s"))
    assert "secret" not in str(caught.value)


def test_two_values_where_the_chart_generates_one(world: World) -> None:
    text = "{{- $p := randAlphaNum 16 }}\n" + secret("s", one="$p", two="$p", k=".Values.k")
    world.up(chart({"a.yaml": text}))
    replace(world, "s", two="another one, set by hand")
    with pytest.raises(errors.OptionError, match="has two different values"):
        world.up(chart({"a.yaml": text}), {"k": "v2"}, keep=keep("s"))
    world.up(chart({"a.yaml": text}), {"k": "v2"}, keep=keep("s", "two"))
    assert held(world, "s") == {"one": "another one, set by hand", "two": "another one, set by hand", "k": "v2"}

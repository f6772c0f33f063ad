# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A chart with Jinja2 templates in the real helm.

Helm treats them as files, and renders the rest as this collection does.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import yaml

from .conftest import render

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "charts" / "lightship-1.0.0"
OPT_IN = 'annotations: {charts.windlass.io/jinja: "true"}\n'
FILES = {
    "Chart.yaml": "apiVersion: v2\nname: both\nversion: 1.0.0\n",
    "values.yaml": "name: web\nports: [80, 443]\n",
    "templates/_helpers.tpl": '{{ define "both.labels" }}app: {{ .Values.name }}{{ end }}',
    "templates/go.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: go\n  labels: { {{ include \"both.labels\" . }} }\n"
        "data:\n  seen: {{ .Files.Get \"jinja/service.yaml.j2\" | sha256sum }}\n  all: {{ (.Files.Glob \"jinja/**\").AsConfig | quote }}\n"
    ),
    "jinja/_port.j2": "{% macro port(p) %}{port: {{ p }}, name: p{{ p }}}{% endmacro %}\n",
    "jinja/service.yaml.j2": (
        "{% from '_port.j2' import port %}\napiVersion: v1\nkind: Service\nmetadata:\n  name: {{ Values.name }}\n"
        "  labels: { {{ include('both.labels') }} }\nspec:\n  ports:\n{% for p in Values.ports %}\n  - {{ port(p) }}\n{% endfor %}\n"
    ),
}
SERVICE = """---
# Source: both/jinja/service.yaml.j2
apiVersion: v1
kind: Service
metadata:
  name: web
  labels: { app: web }
spec:
  ports:
  - {port: 80, name: p80}
  - {port: 443, name: p443}
"""


@pytest.mark.parametrize("annotation", ["", OPT_IN], ids=["without", "with"])
def test_helm_renders_the_rest_alike(annotation: str, helm, ours, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + (annotation if name == "Chart.yaml" else ""))
    theirs, mine = helm.template("rel", str(tmp_path)), render(ours, "rel", str(tmp_path))
    assert theirs.code == mine.code == 0
    assert b"both/jinja" not in theirs.out
    assert (SERVICE in mine.out.decode()) == bool(annotation)
    rest = mine.out.decode().replace(SERVICE, "")
    assert rest.rstrip("\n") == theirs.out.decode().rstrip("\n") if annotation else rest == theirs.out.decode()
    only = render(ours, "rel", str(tmp_path), "--show-only", "jinja/service.yaml.j2")
    assert (only.code, only.out.decode()) == ((0, SERVICE + "\n") if annotation else (1, ""))


def documents(text: bytes) -> dict[str, list[str]]:
    """Source to texts."""
    found: dict[str, list[str]] = {}
    for part in text.decode().split("---\n# Source: ")[1:]:
        source, _end, body = part.partition("\n")
        found.setdefault(source, []).append(body.strip("\n"))
    return found


@pytest.mark.parametrize("args", [[], ["--set", "replicas=2,token=x", "--namespace", "sea"], ["--set-json", "lights=[]"]], ids=" ".join)
def test_the_example(args: list[str], helm, ours) -> None:
    theirs, mine = helm.template("rel", str(EXAMPLE), *args), render(ours, "rel", str(EXAMPLE), *args)
    assert theirs.code == mine.code == 0, mine.error
    known, all_of_it = documents(theirs.out), documents(mine.out)
    assert list(known) == ["lightship/templates/deployment.yaml"] and known.items() <= all_of_it.items()
    kinds = sorted(yaml.safe_load(text)["kind"] for texts in all_of_it.values() for text in texts)
    services = [] if "lights=[]" in args else ["Service", "Service"]
    assert kinds == ["ConfigMap", "Deployment", "Secret", *services]
    (timetable,) = map(yaml.safe_load, all_of_it["lightship/jinja/timetable.yaml.j2"])
    assert ("Together 46 flashes a minute." in timetable["data"]["index.txt"]) == bool(services)
    (secret,) = map(yaml.safe_load, all_of_it["lightship/jinja/token.yaml.j2"])
    token = base64.b64decode(secret["data"]["token"]).decode()
    assert token == "x" if "replicas=2,token=x" in args else len(token) == 24

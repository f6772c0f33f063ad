# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The patch of client-side apply.

Three-way and strategic for built-in kinds, two-way JSON merge for the others.

500 random cases, of a fixed seed: lists of ports, variables, mounts, volumes, containers and others that have a merge key, with equal
keys in what was applied, in what is wanted and in what is live; more with ``WINDLASS_PATCH_CASES``. A case is its number: ``-k 'chunk[3]'``.
Where apimachinery refuses to compute a patch, that of this collection must bring the live object to what is wanted.
"""

from __future__ import annotations

import json
import os
import random
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "plugins" / "module_utils"))

from _engine.objects.patches.lost import lost_items
from _engine.objects.patches.merge import patch_between
from fuzz.case import Case
from fuzz.oracle import Oracle

CASES = int(os.environ.get("WINDLASS_PATCH_CASES", "500"))
CHUNK = 50
Tree = dict[str, Any]


def port(chance: random.Random) -> Tree:
    made = {"name": chance.choice("abc"), "port": chance.choice([53, 53, 80, 443]), "protocol": chance.choice(["UDP", "TCP"])}
    if chance.random() < 0.3:
        made["targetPort"] = chance.choice([1053, "dns"])
    return some(chance, made, "port")


def container_port(chance: random.Random) -> Tree:
    return some(chance, {"containerPort": chance.choice([53, 80]), "protocol": chance.choice(["UDP", "TCP"]), "name": chance.choice("xyz")}, "containerPort")


def variable(chance: random.Random) -> Tree:
    name = chance.choice(["A", "A", "B", "C", "D"]) + (str(chance.randint(0, 9)) if chance.random() < 0.3 else "")
    if chance.random() < 0.2:
        return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": chance.choice(["metadata.name", "spec.nodeName"])}}}
    return some(chance, {"name": name, "value": chance.choice(["1", "2", ""])}, "name")


def mount(chance: random.Random) -> Tree:
    return some(chance, {"name": chance.choice("vw"), "mountPath": chance.choice(["/a", "/a", "/b"]), "readOnly": True}, "mountPath")


def volume(chance: random.Random) -> Tree:
    source = chance.choice([{"emptyDir": {}}, {"emptyDir": {"medium": "Memory"}}, {"configMap": {"name": "c", "items": [{"key": "k", "path": "p"}]}}])
    return {"name": chance.choice(["v", "v", "w", "x"]), **source}


def spread(chance: random.Random) -> Tree:
    when = chance.choice(["DoNotSchedule", "ScheduleAnyway"])
    return {"topologyKey": chance.choice(["zone", "zone", "host"]), "maxSkew": chance.choice([1, 2]), "whenUnsatisfiable": when}


def alias(chance: random.Random) -> Tree:
    return {"ip": chance.choice(["10.0.0.1", "10.0.0.2"]), "hostnames": chance.sample(["a", "b", "c"], 2)}


def pull_secret(chance: random.Random) -> Tree:
    return {"name": chance.choice("pq")} if chance.random() < 0.95 else {}


def container(chance: random.Random) -> Tree:
    made: Tree = {"name": chance.choice(["app", "app", "side", "log"]), "image": chance.choice(["i:1", "i:2"])}
    for key, make, most in (("ports", container_port, 4), ("env", variable, 16), ("volumeMounts", mount, 3)):
        if chance.random() < 0.6:
            made[key] = [make(chance) for _ in range(chance.randint(0, most))]
    if chance.random() < 0.3:
        made["args"] = chance.sample(["a", "b", "c"], 2)
    if chance.random() < 0.3:
        made["resources"] = {"limits": {"cpu": chance.choice(["1", "2"])}}
    return made


def some(chance: random.Random, item: Tree, key: str) -> Tree:
    """The item with its merge key and, at random, without one of the other keys."""
    if chance.random() < 0.25:
        del item[chance.choice([name for name in item if name != key])]
    return item


def service(chance: random.Random) -> Tree:
    ports = [port(chance) for _ in range(chance.choice([0, 1, 2, 2, 3, 4, 14, 60]))]
    metadata: Tree = {"name": "s"}
    if chance.random() < 0.3:
        metadata["finalizers"] = chance.sample(["a", "b", "c"], chance.randint(0, 3))
    if chance.random() < 0.3:
        metadata["labels"] = {name: chance.choice(["1", "2"]) for name in chance.sample("xyz", 2)}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": {"a": "b"}, "ports": ports}}


def deployment(chance: random.Random) -> Tree:
    pod: Tree = {"containers": [container(chance) for _ in range(chance.randint(1, 3))]}
    for key, make in (("volumes", volume), ("topologySpreadConstraints", spread), ("hostAliases", alias), ("imagePullSecrets", pull_secret)):
        if chance.random() < 0.5:
            pod[key] = [make(chance) for _ in range(chance.randint(0, 4))]
    spec: Tree = {"template": {"spec": pod}}
    if chance.random() < 0.5:
        spec["strategy"] = chance.choice([{"type": "Recreate"}, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}])
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}


def budget(chance: random.Random) -> Tree:
    selector = {"matchLabels": {"a": chance.choice(["b", "c"])}}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "p"}, "spec": {"selector": selector, "minAvailable": 1}}


def custom(chance: random.Random) -> Tree:
    """A kind that Helm's client does not know as a type."""

    def value(depth: int) -> Any:
        if depth and chance.random() < 0.5:
            return {name: value(depth - 1) for name in chance.sample("abcd", chance.randint(0, 3))}
        if depth and chance.random() < 0.3:
            return [value(depth - 1) for _ in range(chance.randint(0, 3))]
        return chance.choice([None, True, False, 0, 1, 1.5, "", "x", {}, []])

    return {"apiVersion": "example.com/v1", "kind": "Ship", "metadata": {"name": "s"}, "spec": {"ports": [], **{name: value(3) for name in "abcd"}}}


def changed(chance: random.Random, tree: Any, fresh: Tree) -> Any:
    """A relative of an object: items are lost, doubled, moved and changed.

    Some of the fields come from another object.
    """
    if isinstance(tree, dict):
        made = {}
        for key, value in tree.items():
            if key in ("apiVersion", "kind"):
                made[key] = value
                continue
            kept = ("apiVersion", "kind", "metadata", "spec", "template", "name", "port", "containerPort", "mountPath", "ip", "topologyKey")
            if chance.random() < 0.04 and key not in kept:
                continue
            if key in fresh and chance.random() < 0.1 and key not in ("apiVersion", "kind", "metadata", "spec", "template"):
                made[key] = deepcopy(fresh[key])
            else:
                made[key] = changed(chance, value, fresh.get(key) if isinstance(fresh.get(key), dict) else {})
        return made
    if isinstance(tree, list):
        items = [changed(chance, item, {}) for item in tree if chance.random() > 0.12]
        if items and chance.random() < 0.2:
            items.append(deepcopy(chance.choice(items)))
        if chance.random() < 0.15:
            chance.shuffle(items)
        return items
    if isinstance(tree, str) and chance.random() < 0.06:
        return tree + "x"
    return tree


def case(number: int) -> tuple[Tree, Tree, Tree]:
    """The applied, the wanted and the live object."""
    chance = random.Random(number)
    make = chance.choice([service, service, deployment, deployment, deployment, budget, custom])
    original = make(chance)
    wanted = changed(chance, original, make(chance)) if chance.random() < 0.85 else make(chance)
    live = chance.choice([deepcopy(original), changed(chance, original, make(chance)), changed(chance, wanted, make(chance)), make(chance)])
    live["status"] = {"conditions": []}
    for item in live["spec"].get("ports", ()):
        item.setdefault("protocol", "TCP")
        item.setdefault("targetPort", item.get("port"))
    return original, wanted, live


@pytest.fixture(scope="module")
def oracle() -> Any:
    with Oracle() as made:
        yield made


@pytest.mark.parametrize("chunk", range(0, CASES, CHUNK))
def test_the_patches_are_helms(oracle: Oracle, chunk: int) -> None:
    cases = [case(number) for number in range(chunk, chunk + CHUNK)]
    texts = [json.dumps({"original": original, "wanted": wanted, "live": live}) for original, wanted, live in cases]
    answers = oracle.ask([Case("patch", text=text) for text in texts])
    refused = 0
    for number, ((original, wanted, live), text, answer) in enumerate(zip(cases, texts, answers, strict=True), chunk):
        kind, ours = patch_between(original, wanted, live)
        assert json.loads(text) == {"original": original, "wanted": wanted, "live": live}, f"case {number}: the objects were changed"
        if answer.state == "refused":
            refused += 1
            assert kind == "merge", f"case {number}"
            assert lost_items(wanted, applied(live, ours)) == [], f"case {number}: {answer.text}"
            continue
        assert answer.state == "out", f"case {number}: {answer}"
        helms = json.loads(answer.text)
        wanted_kind = "merge" if wanted["kind"] == "Ship" else "strategic"
        assert (kind, json.loads(json.dumps(ours))) == (wanted_kind, helms["patch"]), f"case {number}"
    assert refused < CHUNK / 2


def applied(tree: Any, patch: Any) -> Any:
    """A JSON merge patch applied (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    there = dict(tree) if isinstance(tree, dict) else {}
    for key, value in patch.items():
        if value is None:
            there.pop(key, None)
        else:
            there[key] = applied(there.get(key), value)
    return there

// Copyright (c) 2026, the windlass.charts authors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"encoding/json"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

// patchQuestion: one object as the last revision applied it, as it is wanted, and as the server has it.
type patchQuestion struct {
	Original json.RawMessage `json:"original"`
	Wanted   json.RawMessage `json:"wanted"`
	Live     json.RawMessage `json:"live"`
}

// patchAnswer: the patch that Helm's client sends (`createPatch` of pkg/kube), and what a server makes of the live object with it.
// Applied is empty where the server refuses the patch.
type patchAnswer struct {
	Patch   json.RawMessage `json:"patch"`
	Applied json.RawMessage `json:"applied,omitempty"`
}

func patchOf(text []byte) ([]byte, error) {
	var q patchQuestion
	if err := json.Unmarshal(text, &q); err != nil {
		return nil, err
	}
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := json.Unmarshal(q.Wanted, &head); err != nil {
		return nil, err
	}
	typed, err := scheme.Scheme.New(schema.FromAPIVersionAndKind(head.APIVersion, head.Kind))
	if runtime.IsNotRegisteredError(err) {
		patch, err := jsonpatch.CreateMergePatch(q.Original, q.Wanted)
		if err != nil {
			return nil, err
		}
		return json.Marshal(patchAnswer{Patch: patch})
	}
	if err != nil {
		return nil, err
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return nil, err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(q.Original, q.Wanted, q.Live, meta, true)
	if err != nil {
		return nil, err
	}
	found := patchAnswer{Patch: patch}
	if applied, err := strategicpatch.StrategicMergePatchUsingLookupPatchMeta(q.Live, patch, meta); err == nil {
		found.Applied = applied
	}
	return json.Marshal(found)
}

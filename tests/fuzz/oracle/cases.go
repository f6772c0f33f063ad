// Copyright (c) 2026, the windlass.charts authors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/action"
	ci "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	commonutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	release "helm.sh/helm/v4/pkg/release/v1"
	"helm.sh/helm/v4/pkg/strvals"
	"sigs.k8s.io/yaml"
)

const (
	releaseName = "r"
	namespace   = "default"
)

func run(q question) ([]byte, error) {
	switch q.Kind {
	case "files":
		return renderFiles(q)
	case "chart":
		return renderChart(q)
	case "values":
		return mergedValues(q)
	case "yaml":
		return throughYAML(q.Text)
	case "patch":
		return patchOf(q.Text)
	}
	panic("no such kind: " + q.Kind)
}

// valuesOf merges as `helm template --values ... --set-json ... --set ...` does.
func valuesOf(q question) (map[string]any, error) {
	base := map[string]any{}
	for at, raw := range q.Values {
		read, err := loader.LoadValues(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("failed to parse values%d.yaml: %w", at, err)
		}
		base = loader.MergeMaps(base, read)
	}
	for _, kind := range []string{"set-json", "set", "set-string", "set-file", "set-literal"} {
		for _, one := range q.Sets {
			if one.Kind == kind {
				var err error
				if base, err = applied(base, kind, string(one.Text), q.Files); err != nil {
					return nil, err
				}
			}
		}
	}
	return base, nil
}

func applied(base map[string]any, kind, text string, files []file) (map[string]any, error) {
	var err error
	switch kind {
	case "set-json":
		if trimmed := strings.TrimSpace(text); trimmed != "" && trimmed[0] == '{' {
			var read map[string]any
			if err := json.Unmarshal([]byte(trimmed), &read); err != nil {
				return nil, fmt.Errorf("failed parsing --set-json data JSON: %s", text)
			}
			return loader.MergeMaps(base, read), nil
		}
		if err := strvals.ParseJSON(text, base); err != nil {
			return nil, fmt.Errorf("failed parsing --set-json data %s", text)
		}
		return base, nil
	case "set":
		err = strvals.ParseInto(text, base)
	case "set-string":
		err = strvals.ParseIntoString(text, base)
	case "set-file":
		err = strvals.ParseIntoFile(text, base, func(name []rune) (any, error) {
			for _, one := range files {
				if one.Name == string(name) {
					return string(one.Data), nil
				}
			}
			return nil, fmt.Errorf("open %s: no such file or directory", string(name))
		})
	case "set-literal":
		err = strvals.ParseLiteralInto(text, base)
	}
	if err != nil {
		return nil, fmt.Errorf("failed parsing --%s data: %w", kind, err)
	}
	return base, nil
}

func mergedValues(q question) ([]byte, error) {
	values, err := valuesOf(q)
	if err != nil {
		return nil, err
	}
	return json.Marshal(values)
}

func throughYAML(text []byte) ([]byte, error) {
	var read any
	if err := yaml.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	asJSON, err := json.Marshal(read)
	if err != nil {
		return nil, err
	}
	asYAML, err := yaml.Marshal(read)
	if err != nil {
		return nil, err
	}
	return slices.Concat(asJSON, []byte("\n"), asYAML), nil
}

func chartOf(q question) (*chart.Chart, map[string]any, error) {
	values, err := valuesOf(q)
	if err != nil {
		return nil, nil, err
	}
	files := make([]*archive.BufferedFile, 0, len(q.Files))
	for _, one := range q.Files {
		data := one.Data
		if data == nil {
			data = []byte{}
		}
		files = append(files, &archive.BufferedFile{Name: one.Name, Data: data})
	}
	made, err := loader.LoadFiles(files)
	return made, values, err
}

// renderFiles is everything up to Helm's engine: what each template gives, without sorting it into manifests.
func renderFiles(q question) ([]byte, error) {
	made, values, err := chartOf(q)
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(made, values); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	options := common.ReleaseOptions{Name: releaseName, Namespace: namespace, Revision: 1, IsInstall: true}
	dot, err := commonutil.ToRenderValuesWithSchemaValidation(made, values, options, common.DefaultCapabilities.Copy(), false)
	if err != nil {
		return nil, err
	}
	rendered, err := engine.Render(made, dot)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		fmt.Fprintf(&out, "# %s\n%s\n", name, rendered[name])
	}
	return out.Bytes(), nil
}

// renderChart is `helm template`, with the notes behind it.
func renderChart(q question) ([]byte, error) {
	made, values, err := chartOf(q)
	if err != nil {
		return nil, err
	}
	switch made.Metadata.Type {
	case "", "application":
	default:
		return nil, fmt.Errorf("%s charts are not installable", made.Metadata.Type)
	}
	if err := dependenciesOf(made); err != nil {
		return nil, err
	}
	cfg := action.NewConfiguration()
	install := action.NewInstall(cfg)
	install.DryRunStrategy = action.DryRunClient
	install.ReleaseName = releaseName
	install.Namespace = namespace
	install.Replace = true
	result, err := install.Run(made, values)
	if err != nil {
		return nil, err
	}
	rel := result.(*release.Release)
	var out bytes.Buffer
	fmt.Fprintln(&out, strings.TrimSpace(rel.Manifest))
	for _, hook := range rel.Hooks {
		fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	fmt.Fprintf(&out, "--- notes\n%s", rel.Info.Notes)
	return out.Bytes(), nil
}

func dependenciesOf(made *chart.Chart) error {
	accessor, err := ci.NewAccessor(made)
	if err != nil {
		return err
	}
	if err := action.CheckDependencies(made, accessor.MetaDependencies()); err != nil {
		return fmt.Errorf("an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: %w", err)
	}
	return nil
}

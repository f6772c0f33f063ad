{{ define "lib.base" }}
metadata: {name: {{ .Chart.Name }}, labels: {app: x}}
spec: {b: 2}
{{ end }}{{ define "lib.merge" }}{{ $top := first . }}{{ $over := fromYaml (include (index . 1) $top) }}{{ toYaml (merge $over (fromYaml (include "lib.base" $top))) }}{{ end }}
{{ define "name" }}{{ .Chart.Name }}{{ end -}}
{{ define "no.value" }}[{{ .nothing }}]{{ end -}}
{{ define "tree" }}{{ range $k, $v := . }}{{ $k }}: {{ if kindIs "map" $v }}{{ include "tree" $v | nindent 2 }}{{ else }}{{ $v }}{{ end }}
{{ end }}{{ end -}}
{{ define "list" }}{{ list 1 2 | toJson }}{{ end -}}
{{ define "yields" }}{{ $_ := set .out "x" (add (.out.x | default 0) 1) }}{{ end -}}

{{ define "mine" }}
metadata: {name: mine}
spec: {a: 1}
{{ end }}
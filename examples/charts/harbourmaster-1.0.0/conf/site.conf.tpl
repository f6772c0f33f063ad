# {{ .Values.harbour.name }}, served by release {{ .Release.Name }}
server {
  listen 8080;
  add_header X-Harbour {{ .Values.harbour.name | quote }};
  location = /healthz { return 200 "afloat\n"; }
  location / { root /srv/harbour; index index.html; }
}

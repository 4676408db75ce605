#!/usr/bin/env bash
# Schemathesis, an outside fuzzer, against the whole system and its OpenAPI document, with all checks, and sequences of
# calls too. From the root: `bash test/fuzz/run.sh VENV [EXAMPLES] [more of its options]`, where VENV has `schemathesis`.
set -euo pipefail
venv=$1 examples=${2:-200}
shift $(($# > 1 ? 2 : 1))
export PATH="$PWD/node_modules/.bin:$PATH"
work=$(mktemp -d "${TMPDIR:-/tmp}/tandem-fuzz-XXXXXX")
read -r http lambda < <("$venv/bin/python" - <<'END'
import socket

both = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[one.getsockname()[1] for one in both])
END
)
export OPS_TOKEN=fuzzed LOG_LEVEL=SILENT
TANDEM_DATA_DIR=$work/data HTTP_PORT=$http LAMBDA_PORT=$lambda node lib/local/start.ts >"$work/log" 2>&1 &
system=$!
end() {
  local code=$?
  kill "$system" 2>/dev/null || true
  wait "$system" 2>/dev/null || true
  [ "$code" -eq 0 ] || tail -40 "$work/log"
  rm -rf "$work"
}
trap end EXIT
until curl -sf -o /dev/null "http://127.0.0.1:$http/health"; do
  kill -0 "$system" 2>/dev/null || exit 1
  sleep 0.2
done
"$venv/bin/schemathesis" run "http://127.0.0.1:$http/openapi.json" --header 'Authorization: Bearer fuzzed' \
  --checks all --max-examples "$examples" --continue-on-failure --no-color --generation-database none "$@"

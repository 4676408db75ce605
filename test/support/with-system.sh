#!/usr/bin/env bash
# Runs a command beside the whole system, on free ports and new data, and ends the system with it.
# From the root: `bash test/support/with-system.sh COMMAND…`; the command finds the system at BASE_URL, and OPS_TOKEN.
set -euo pipefail
export PATH="$PWD/node_modules/.bin:$PATH" OPS_TOKEN=outsider
work=$(mktemp -d "${TMPDIR:-/tmp}/tandem-system-XXXXXX")
read -r http lambda < <(node -e '
  const servers = [0, 0].map(() => require("node:net").createServer().listen(0, "127.0.0.1"));
  setImmediate(() => {
    console.log(servers.map((server) => server.address().port).join(" "));
    for (const server of servers) server.close();
  });
')
export BASE_URL=http://127.0.0.1:$http
LOG_LEVEL=SILENT TANDEM_DATA_DIR=$work/data HTTP_PORT=$http LAMBDA_PORT=$lambda \
  node lib/local/start.ts >"$work/log" 2>&1 &
system=$!
end() {
  local code=$?
  kill "$system" 2>/dev/null || true
  wait "$system" 2>/dev/null || true
  [ "$code" -eq 0 ] || tail -40 "$work/log"
  rm -rf "$work"
}
trap end EXIT
until curl -sf -o /dev/null "$BASE_URL/health"; do
  kill -0 "$system" 2>/dev/null || exit 1
  sleep 0.2
done
"$@"

#!/usr/bin/env bash
# Schemathesis, an outside fuzzer, against the system at BASE_URL and its OpenAPI document: all checks, and sequences of
# calls too. From the root: `bash test/support/with-system.sh bash test/fuzz/run.sh VENV [EXAMPLES] [its own options]`,
# where VENV has `schemathesis`. schemathesis.toml says what it cannot know.
set -euo pipefail
venv=$1 examples=${2:-200}
shift $(($# > 1 ? 2 : 1))
exec "$venv/bin/schemathesis" run "$BASE_URL/openapi.json" --header "Authorization: Bearer $OPS_TOKEN" --checks all \
  --max-examples "$examples" --continue-on-failure --no-color --generation-database none "$@"

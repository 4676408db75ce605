#!/usr/bin/env bash
# What somebody else's program meets: types made from the OpenAPI document of the system at BASE_URL, a session that is
# checked against them, and run. From the root: `bash test/support/with-system.sh bash test/client/run.sh FOLDER`, where
# FOLDER/node_modules has openapi-typescript, openapi-fetch and TypeScript 5.
set -euo pipefail
folder=$1
cp test/client/session.mts "$folder"
cd "$folder"
export PATH="$PWD/node_modules/.bin:$PATH"
openapi-typescript "$BASE_URL/openapi.json" --output openapi.mts >/dev/null
tsc session.mts --noEmit --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --target es2024 --module nodenext \
  --lib es2024,dom --allowImportingTsExtensions --types node --typeRoots "$OLDPWD/node_modules/@types"
node session.mts

#!/usr/bin/env bash
# The life of a stage against an emulated AWS: parameters, deploy, the same again, a change, information, back, remove.
# After both deploys that make something, what there is is compared with the template. `remove` must leave nothing.
# From the root: `bash test/deploy/rehearse.sh VENV`, where VENV has `moto[server]`.
set -euo pipefail
venv=$1 stage=rehearsal stack=tandem-rehearsal
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
port=$("$venv/bin/python" -c 'import socket; one = socket.socket(); one.bind(("127.0.0.1", 0)); print(one.getsockname()[1])')
unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1
export AWS_ENDPOINT_URL=http://127.0.0.1:$port
# A stack here is ready at once.
export SLS_AWS_MONITORING_FREQUENCY=500
export PATH="$PWD/node_modules/.bin:$PATH"

"$venv/bin/python" "$here/aws.py" "$port" >"$work/aws.log" 2>&1 &
aws=$!
end() {
  kill "$aws" 2>/dev/null || true
  wait "$aws" 2>/dev/null || true
  [ ! -f "$work/serverless.yml" ] || cp "$work/serverless.yml" serverless.yml
  rm -rf "$work"
}
trap end EXIT
until curl -sf -o /dev/null "$AWS_ENDPOINT_URL/moto-api/"; do
  kill -0 "$aws" 2>/dev/null || { cat "$work/aws.log"; exit 1; }
  sleep 0.2
done

sls() {
  printf '> sls %s\n' "$*"
  timeout 600 node_modules/.bin/sls "$@" --stage "$stage" >"$work/out" 2>&1 || { cat "$work/out"; return 1; }
}
says() { grep -q -- "$1" "$work/out" || { cat "$work/out"; echo "it does not say: $1"; return 1; }; }
compare() { "$venv/bin/python" "$here/compare.py" "$1" "$stack"; }
memory() {
  "$venv/bin/python" -c "import boto3; print(boto3.client('lambda').get_function_configuration(FunctionName='$stack-relay')['MemorySize'])"
}

"$venv/bin/python" - "/tandem/$stage" <<'END'
import boto3, sys

for name in ["write-db-url", "read-db-url", "ops-token"]:
    boto3.client("ssm").put_parameter(Name=f"{sys.argv[1]}/{name}", Value="x", Type="SecureString")
END

sls deploy
says 'Service deployed'
compare made
"$venv/bin/python" "$here/account.py" >"$work/account.json"
for zip in .serverless/*.zip; do
  "$venv/bin/python" -m zipfile -e "$zip" "$work/bundles/$(basename "$zip" .zip)"
done
node "$here/functions.ts" "$work/account.json" "$work/bundles"

sls deploy
says 'No changes to deploy'

sls info --verbose
says 'AlarmTopic'

sls deploy list
first=$(sed -n 's/^Timestamp: //p' "$work/out" | head -1)

cp serverless.yml "$work/serverless.yml"
sed -i 's/^  memorySize: 512$/  memorySize: 1024/' serverless.yml
sls deploy
[ "$(memory)" = 1024 ]
compare made

sls rollback --timestamp "$first"
[ "$(memory)" = 512 ]
cp "$work/serverless.yml" serverless.yml

sls remove
compare nothing
echo 'rehearsed: deploy, unchanged, info, change, rollback, remove'

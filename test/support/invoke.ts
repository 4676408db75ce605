import { httpClient } from './http.ts';

/** Invokes a function of the started system as `sls invoke` does: by the Lambda API. Throws what the function threw. */
export const invokeFunction = async (
  lambdaUrl: string,
  name: string,
  payload: unknown = {},
): Promise<unknown> => {
  const client = httpClient(lambdaUrl);
  const path = `/2015-03-31/functions/tandem-dev-${name}/invocations`;
  const answer = await client.post(path, payload, { 'x-amz-invocation-type': 'RequestResponse' });
  const failed =
    answer.header('x-amz-function-error') ?? (answer.status >= 300 ? String(answer.status) : undefined);
  if (failed) throw new Error(`${name} failed (${failed}): ${answer.text.slice(0, 2000)}`);
  return answer.text === '' ? null : answer.json();
};

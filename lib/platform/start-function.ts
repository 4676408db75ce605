// Starts a function that nobody waits for: the rest of a function's own work before its time is up, or the relay.
import { type AwsService, callAws } from './aws-call.ts';
import { config } from './config.ts';

const lambda: AwsService = {
  name: 'lambda',
  ...(process.env['IS_OFFLINE'] === 'true'
    ? { endpoint: `http://127.0.0.1:${config.LAMBDA_PORT}`, isLocal: true }
    : {}),
};

/**
 * Returns when the call is accepted; the work goes on without the caller.
 * @throws Error when it is not accepted within `timeoutMs`.
 */
export const startFunction = async (
  functionName: string,
  payload: object,
  timeoutMs = 3_000,
): Promise<void> => {
  const path = `/2015-03-31/functions/${functionName}/invocations`;
  const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' };
  await callAws(lambda, { path, headers, body: payload, timeoutMs }).catch((cause: unknown) => {
    throw new Error(`Lambda cannot be reached for ${functionName}`, { cause });
  });
};

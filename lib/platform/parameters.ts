// Settings whose value is a secret: a deployed function's environment has only the name of the parameter that keeps
// it, as `WRITE_DB_URL_PARAMETER`. One signed call; the SDK's client for it is 630 KB and 70 ms of every cold start.
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { messageOf } from '../core/errors.ts';
import { callAws } from './aws-call.ts';
import { sentence } from './sentence.ts';

const suffix = '_PARAMETER';
const timeoutMs = 3_000;
/** Many containers that start at once are throttled for a moment. */
const retryAfterMs = [100, 400];

const answerSchema = z.object({
  Parameters: z.array(z.object({ Name: z.string(), Value: z.string() })),
  InvalidParameters: z.array(z.string()).default([]),
});

const ask = async (
  names: string[],
  environment: NodeJS.ProcessEnv,
  endsAt: number,
  pausesMs = retryAfterMs,
): Promise<string> => {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonSSM.GetParameters',
  };
  const call = {
    headers,
    body: { Names: names, WithDecryption: true },
    timeoutMs: endsAt - performance.now(),
  };
  try {
    return await callAws({ name: 'ssm' }, call, environment);
  } catch (error) {
    const [meanMs = Number.POSITIVE_INFINITY, ...rest] = pausesMs;
    const pauseMs = meanMs * (0.5 + Math.random());
    if (performance.now() + pauseMs >= endsAt) throw error;
    await wait(pauseMs);
    return ask(names, environment, endsAt, rest);
  }
};

/** @throws Error when a parameter is missing or may not be read: the function does not start. */
const readParameters = async (
  names: string[],
  environment: NodeJS.ProcessEnv,
): Promise<Map<string, string>> => {
  const text = await ask(names, environment, performance.now() + timeoutMs).catch((error: unknown) => {
    throw sentence(
      `Parameter Store cannot be reached for ${names.join(', ')} (${messageOf(error)}): see that the function's network leads there and its role may read them.`,
    );
  });
  const { Parameters, InvalidParameters } = answerSchema.parse(JSON.parse(text));
  if (InvalidParameters.length > 0) {
    throw sentence(`There is no parameter ${InvalidParameters.join(', ')}: make it, or name another stage.`);
  }
  return new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
};

/** The environment with the values of its parameters in it. When it names none, nothing is asked. */
export const withParameters = async (environment: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> => {
  const named = Object.entries(environment).flatMap(([name, parameter]) =>
    name.endsWith(suffix) && parameter ? [[name.slice(0, -suffix.length), parameter] as const] : [],
  );
  if (named.length === 0) return environment;
  const values = await readParameters(
    named.map(([, parameter]) => parameter),
    environment,
  );
  return {
    ...environment,
    ...Object.fromEntries(named.map(([setting, parameter]) => [setting, values.get(parameter)])),
  };
};

// Settings whose value is a secret: a deployed function's environment has only the name of the parameter that keeps
// it, as `WRITE_DB_URL_PARAMETER`. One signed call; the SDK's client for it is 630 KB and 70 ms of every cold start.
import { AwsClient } from 'aws4fetch';
import * as z from 'zod';

const suffix = '_PARAMETER';
const timeoutMs = 3_000;

const answerSchema = z.object({
  Parameters: z.array(z.object({ Name: z.string(), Value: z.string() })),
  InvalidParameters: z.array(z.string()).default([]),
});

/** @throws Error where a parameter is missing or may not be read: the function does not start. */
const readParameters = async (
  names: string[],
  environment: NodeJS.ProcessEnv,
): Promise<Map<string, string>> => {
  const region = environment['AWS_REGION'] ?? '';
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  const client = new AwsClient({
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(sessionToken === undefined ? {} : { sessionToken }),
    region,
    service: 'ssm',
    retries: 2,
  });
  const answer = await client.fetch(
    environment['AWS_ENDPOINT_URL_SSM'] ?? `https://ssm.${region}.amazonaws.com/`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameters' },
      body: JSON.stringify({ Names: names, WithDecryption: true }),
      signal: AbortSignal.timeout(timeoutMs),
    },
  );
  if (!answer.ok) throw new Error(`Parameter Store answered ${answer.status} for ${names.join(', ')}`);
  const { Parameters, InvalidParameters } = answerSchema.parse(await answer.json());
  if (InvalidParameters.length > 0) throw new Error(`There is no parameter ${InvalidParameters.join(', ')}`);
  return new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
};

/** The environment with the values of its parameters in it. Where it names none, nothing is asked. */
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

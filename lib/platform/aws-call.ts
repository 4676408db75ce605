// One signed request to AWS, when the SDK's client of that service would be the heaviest part of a bundle (aws4fetch is
// 6 KB, the SQS client 457 KB). Guarantees: the caller has its answer or an error within `timeoutMs`, whatever the other
// side does and whatever is collected meanwhile.
import { AwsV4Signer } from 'aws4fetch';

export interface AwsService {
  /** As in a signature: `sqs`, `ssm`, `lambda`. */
  name: string;
  /** An address of its own, as of a server on this machine; the region's if absent. */
  endpoint?: string | undefined;
  /** Asks for no credentials, and must not be shown any. */
  isLocal?: boolean;
}

export interface AwsCall {
  path?: string;
  headers: Record<string, string>;
  body: object;
  timeoutMs: number;
}

// Source: partitions.json of the AWS SDKs.
const dnsSuffixes: readonly (readonly [regions: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
];

/** The address of a service, by what the SDKs go by: the service's own variable, the common one, the region's partition. */
export const awsEndpoint = (name: string, region: string, environment: NodeJS.ProcessEnv): string => {
  const given = environment[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] || environment['AWS_ENDPOINT_URL'];
  const [, suffix] = dnsSuffixes.find(([regions]) => region.startsWith(regions)) ?? ['', 'amazonaws.com'];
  return given || `https://${name}.${region}.${suffix}`;
};

/** Keys derived from credentials; they last a day. */
const signingKeys = new Map<string, ArrayBuffer>();

const sign = ({ name, endpoint, isLocal = false }: AwsService, call: AwsCall, env: NodeJS.ProcessEnv) => {
  const region = env['AWS_REGION'] || 'eu-central-1';
  const sessionToken = env['AWS_SESSION_TOKEN'];
  const base = (endpoint ?? awsEndpoint(name, region, env)).replace(/\/+$/, '');
  return new AwsV4Signer({
    method: 'POST',
    url: `${base}${call.path ?? '/'}`,
    headers: call.headers,
    body: JSON.stringify(call.body),
    accessKeyId: isLocal ? 'local' : (env['AWS_ACCESS_KEY_ID'] ?? ''),
    secretAccessKey: isLocal ? 'local' : (env['AWS_SECRET_ACCESS_KEY'] ?? ''),
    ...(isLocal || !sessionToken ? {} : { sessionToken }),
    service: name,
    region,
    cache: signingKeys,
  }).sign();
};

/**
 * The answer's text.
 * @throws Error when the call has no answer within its time, or one that is no success.
 */
export const callAws = async (
  service: AwsService,
  call: AwsCall,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> => {
  const { url, method, headers, body } = await sign(service, call, environment);
  const late = new AbortController();
  // The timer holds the controller and rejects by itself: what fetch makes of a signal, nobody else holds.
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`${url.host} did not answer within ${call.timeoutMs} ms`));
    late.abort();
  }, call.timeoutMs);
  const ask = async (): Promise<string> => {
    const answer = await fetch(url, { method, headers, body: body ?? null, signal: late.signal });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url.host} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text;
  };
  try {
    return await Promise.race([ask(), deadline]);
  } finally {
    clearTimeout(timer);
  }
};

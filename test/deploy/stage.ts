// The functions of a deployed stage, each started from its package as Lambda starts it: Node alone, the bundle's own
// folder, the environment that the deploy gave it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { callAws } from '../../lib/platform/aws-call.ts';
import type { Used } from './recorder.ts';

export interface Statement {
  Action: string[];
  Resource: string[];
}

export interface DeployedFunction {
  /** `functions/tickets/commands.handler` */
  handler: string;
  /** MB */
  memory: number;
  variables: Record<string, string>;
  statements: Statement[];
}

export interface Stage {
  /** By their names on AWS. */
  functions: Record<string, DeployedFunction>;
  /** `tandem-rehearsal-` */
  prefix: string;
  /** Unpacked packages, each in a folder with its function's key. */
  bundles: string;
  endpoint: string;
}

type Said = { ready: true } | { answer: unknown } | { error: string };

const timeLeftMs = 15_000;

/** What Lambda gives each process, with the access key by which the recorder knows it. */
const reserved = (name: string, { endpoint, bundles }: Stage, key: string, { memory }: DeployedFunction) => ({
  AWS_REGION: 'eu-central-1',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
  AWS_ACCESS_KEY_ID: name,
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_ENDPOINT_URL: endpoint,
  LAMBDA_TASK_ROOT: join(bundles, key),
  TZ: ':UTC',
});

const next = async (child: ChildProcess, output: () => string): Promise<Said> => {
  const gone = new AbortController();
  try {
    const [said] = await Promise.race([
      once(child, 'message', { signal: gone.signal }),
      once(child, 'exit', { signal: gone.signal }).then(() => {
        throw new Error(output());
      }),
    ]);
    return said;
  } finally {
    gone.abort();
  }
};

/** @throws Error with what it printed, if it does not start. */
export const startBundle = async (stage: Stage, key: string, others: Record<string, string> = {}) => {
  const name = stage.prefix + key;
  const deployed = stage.functions[name];
  if (deployed === undefined) throw new Error(`there is no function ${name}`);
  const [module = '', exported = ''] = deployed.handler.split('.');
  const folder = join(stage.bundles, key);
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'runtime.ts'), join(folder, `${module}.mjs`), exported],
    {
      cwd: folder,
      env: { ...reserved(name, stage, key, deployed), ...deployed.variables, ...others },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += String(chunk);
    });
  const output = () => text;
  await next(child, output);
  return {
    output,
    /** @throws Error as the handler throws it. */
    async invoke(event: unknown, leftMs = timeLeftMs): Promise<unknown> {
      child.send({ event, timeLeftMs: leftMs });
      const said = await next(child, output);
      if ('error' in said) throw new Error(said.error);
      return 'answer' in said ? said.answer : undefined;
    },
    async stop(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
};

export type Bundle = Awaited<ReturnType<typeof startBundle>>;

/** One call to SQS or Parameter Store, by somebody. */
export const aws = async (
  { endpoint }: Pick<Stage, 'endpoint'>,
  caller: string,
  [service, target]: ['sqs' | 'ssm', string],
  body: object,
): Promise<Record<string, unknown>> => {
  const kinds = { sqs: ['AmazonSQS', '1.0'], ssm: ['AmazonSSM', '1.1'] } as const;
  const [api, version] = kinds[service];
  const headers = { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${api}.${target}` };
  const environment = {
    AWS_ACCESS_KEY_ID: caller,
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-central-1',
  };
  const answer = await callAws(
    { name: service, endpoint },
    { headers, body, timeoutMs: 10_000 },
    environment,
  );
  return JSON.parse(answer || '{}');
};

/** Lambda writes the logs itself. */
const isLambdas = (action: string): boolean => action.startsWith('logs:');

/** What functions did without being allowed to, and what they are allowed and never did: one line each. */
export const faultsOfRights = ({ functions, prefix }: Stage, used: readonly Used[]): string[] =>
  Object.entries(functions).flatMap(([name, { statements }]) => {
    const own = used.filter(({ caller }) => caller === name);
    const allows = ({ action, resource }: Pick<Used, 'action' | 'resource'>): boolean =>
      statements.some(({ Action, Resource }) => Action.includes(action) && Resource.includes(resource));
    const missing = own
      .filter((use) => !allows(use))
      .map(({ action, resource }) => `lacks ${action} on ${resource}`);
    const idle = statements.flatMap(({ Action, Resource }) =>
      Action.filter(
        (action) =>
          !isLambdas(action) && !own.some((use) => use.action === action && Resource.includes(use.resource)),
      ).map((action) => `never uses ${action} on ${Resource[0]}${Resource.length > 1 ? ', …' : ''}`),
    );
    return [...new Set([...missing, ...idle])].map((fault) => `${name.slice(prefix.length)} ${fault}`);
  });

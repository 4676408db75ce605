// Stands between the functions and the emulated AWS, and keeps who called what. Who it is says the access key: each
// function signs with its own name. The emulator cannot run functions, so an invocation is accepted here, and kept too.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** As a role's statement names it. */
export interface Used {
  caller: string;
  action: string;
  /** An ARN. */
  resource: string;
  /** What was sent along. */
  sent: string;
}

const account = 'eu-central-1:123456789012';

interface Body {
  QueueUrl?: string;
  QueueName?: string;
  Names?: string[];
}

const callerOf = ({ headers }: IncomingMessage): string =>
  /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';

/** `SendMessageBatch` needs the right to `SendMessage`, and so do the others. */
const actionOf = (target: string): string => (target.split('.').at(-1) ?? '').replace(/Batch$/, '');

const usesOf = (path: string, target: string, sent: string): Pick<Used, 'action' | 'resource'>[] => {
  const invoked = /\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
  if (invoked !== undefined)
    return [{ action: 'lambda:InvokeFunction', resource: `arn:aws:lambda:${account}:function:${invoked}` }];
  const body: Body = JSON.parse(sent);
  const action = actionOf(target);
  if (target.startsWith('AmazonSSM.'))
    return (body.Names ?? []).map((name) => ({
      action: `ssm:${action}`,
      resource: `arn:aws:ssm:${account}:parameter${name}`,
    }));
  const queue = (body.QueueUrl ?? body.QueueName ?? '').split('/').at(-1);
  return [{ action: `sqs:${action}`, resource: `arn:aws:sqs:${account}:${queue}` }];
};

export const startRecorder = async (server: string) => {
  const used: Used[] = [];
  const away = new Set<string>();
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '', method = '', headers } = request;
    const sent = await text(request);
    const target = String(headers['x-amz-target'] ?? '');
    const uses = usesOf(url, target, sent);
    for (const use of uses) used.push({ caller: callerOf(request), ...use, sent });
    if (uses.some(({ action }) => action === 'lambda:InvokeFunction'))
      return void response.writeHead(202).end();
    if (uses.some(({ resource }) => away.has(resource.split(':').at(-1) ?? '')))
      return void response.writeHead(503).end();
    const { connection: _, 'content-length': __, 'transfer-encoding': ___, expect: ____, ...kept } = headers;
    const answer = await fetch(server + url, { method, headers: kept as Record<string, string>, body: sent });
    const type = answer.headers.get('content-type') ?? 'application/json';
    // What the emulator names by its own address is asked for here as well.
    const told = (await answer.text()).replaceAll(server, `http://${headers.host}`);
    response.writeHead(answer.status, { 'content-type': type }).end(told);
  };
  const http = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    used,
    /** Queues that answer 503, by their full names. */
    away,
    close(): void {
      http.closeAllConnections();
      http.close();
    },
  };
};

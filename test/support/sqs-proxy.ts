// The run's queue server with somebody between who refuses: single entries of a batch, whole calls, or the connection.
// What is refused does not reach the server; all else is the server's own answer.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

interface Entry {
  Id: string;
  MessageBody?: string;
}

export interface SqsCall {
  /** `SendMessageBatch` */
  action: string;
  /** The last part of the queue's URL, or its name if that is what is asked for. */
  queue: string;
  bytes: number;
  entries: Entry[];
}

/** `cut` ends the connection without a word; `Code` is what SQS calls the error. */
type Answer = 'cut' | { status: number; code: string } | undefined;

export interface Refusals {
  /** Why an entry of a batch is refused, if it is. */
  entry?: (entry: Entry, call: SqsCall) => string | undefined;
  /** What a call meets in place of the server. */
  call?: (call: SqsCall) => Answer;
}

interface Body {
  QueueUrl?: string;
  QueueName?: string;
  Entries?: Entry[];
}

interface BatchAnswer {
  Failed?: object[];
  QueueUrl?: string;
}

const jsonType = { 'content-type': 'application/x-amz-json-1.0' };

const callOf = (action: string, body: Body, bytes: number): SqsCall => ({
  action,
  queue: (body.QueueUrl ?? body.QueueName ?? '').split('/').at(-1) ?? '',
  bytes,
  entries: body.Entries ?? [],
});

const toServer = async (endpoint: string, request: IncomingMessage, body: Body) => {
  const { 'x-amz-target': target = '', authorization = '' } = request.headers;
  const headers = { ...jsonType, 'x-amz-target': String(target), authorization };
  const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  const told: BatchAnswer = JSON.parse((await answer.text()) || '{}');
  const type = answer.headers.get('x-amzn-query-error');
  return { status: answer.status, told, headers: type === null ? {} : { 'x-amzn-query-error': type } };
};

export const startSqsProxy = async (endpoint: string) => {
  const calls: SqsCall[] = [];
  const refusals: Refusals = {};
  const origin = { own: '', server: new URL(endpoint).origin };
  const swap = (url: string, to: string): string => to + new URL(url).pathname;

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = await text(request);
    const body: Body = JSON.parse(sent);
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const call = callOf(action, body, Buffer.byteLength(sent));
    calls.push(call);
    const met = refusals.call?.(call);
    if (met === 'cut') return void request.socket.destroy();
    if (met !== undefined) {
      response
        .writeHead(met.status, jsonType)
        .end(JSON.stringify({ __type: `com.amazonaws.sqs#${met.code}` }));
      return;
    }
    const refused = call.entries.flatMap((entry) => {
      const Code = refusals.entry?.(entry, call);
      return Code === undefined ? [] : [{ Id: entry.Id, Code, Message: 'refused', SenderFault: true }];
    });
    const ids = new Set(refused.map(({ Id }) => Id));
    const kept = call.entries.filter(({ Id }) => !ids.has(Id));
    if (call.entries.length > 0 && kept.length === 0) {
      response.writeHead(200, jsonType).end(JSON.stringify({ Successful: [], Failed: refused }));
      return;
    }
    if (body.QueueUrl !== undefined) body.QueueUrl = swap(body.QueueUrl, origin.server);
    if (body.Entries !== undefined) body.Entries = kept;
    const { status, told, headers } = await toServer(endpoint, request, body);
    if (told.QueueUrl !== undefined) told.QueueUrl = swap(told.QueueUrl, origin.own);
    if (refused.length > 0) told.Failed = [...(told.Failed ?? []), ...refused];
    response.writeHead(status, { ...jsonType, ...headers }).end(JSON.stringify(told));
  };

  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin.own = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url: origin.own,
    calls,
    /** From now on; nothing, if absent. */
    refuse({ entry, call }: Refusals): void {
      Object.assign(refusals, { entry, call });
      calls.length = 0;
    },
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
};

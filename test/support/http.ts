import { Agent, type IncomingMessage, request as nodeRequest } from 'node:http';
import { connect } from 'node:net';
import { type Answer, toAnswer } from './answer.ts';

export interface Call {
  headers?: Record<string, string>;
  /** An object goes as JSON; a string or bytes go as they are, without a content type of our own. */
  body?: unknown;
  /** The one status from 500 up that is expected; any other fails the test. */
  expect?: number;
}

export interface Client {
  call(method: string, path: string, call?: Call): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Writes these bytes to a socket and reads one answer: for what no HTTP library agrees to send. */
  raw(bytes: string | Uint8Array): Promise<Answer>;
}

/** Throws if an answer is not as it should be. */
export type Check = (method: string, path: string, answer: Answer) => void;

/**
 * A client that sends paths and headers as given, follows nothing and retries nothing. It fails the test by itself
 * on a body with a stack trace (serverless-offline's answer to a handler that threw) and on an unexpected 5xx.
 * `check` sees every answer as well.
 */
export const httpClient = (baseUrl: string, check: Check = () => undefined): Client => {
  const base = new URL(baseUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const call = async (method: string, path: string, options: Call = {}) => {
    const answer = await send(base, agent, method, path, options);
    check(method, path, sound(answer, `${method} ${path.slice(0, 200)}`, options.expect));
    return answer;
  };
  return {
    call,
    get: (path, headers = {}) => call('GET', path, { headers }),
    post: (path, body, headers = {}) => call('POST', path, { body, headers }),
    patch: (path, body, headers = {}) => call('PATCH', path, { body, headers }),
    raw: async (bytes) => sound(await sendRaw(base, bytes), 'raw request'),
  };
};

const sound = (answer: Answer, what: string, expected?: number): Answer => {
  const leaks = /"(stackTrace|offlineInfo)"/.test(answer.text);
  if (leaks || (answer.status >= 500 && answer.status !== expected)) {
    throw new Error(`${what} answered ${answer.status}: ${answer.text.slice(0, 2000)}`);
  }
  return answer;
};

const send = (base: URL, agent: Agent, method: string, path: string, { headers = {}, body }: Call) => {
  const { bytes, contentType } = encode(body);
  const length = bytes ? { 'content-length': String(bytes.length) } : {};
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = nodeRequest({
      agent,
      host: base.hostname,
      port: base.port,
      method,
      path,
      headers: { ...contentType, ...length, ...headers },
      timeout: 30_000,
    });
    outgoing.on('response', (incoming) =>
      readBody(incoming).then((text) => resolve(answerOf(incoming, text)), reject),
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`${method} ${path.slice(0, 200)}: no answer in 30 s`)),
    );
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
};

const encode = (body: unknown): { bytes?: Buffer; contentType: Record<string, string> } => {
  if (body === undefined) return { contentType: {} };
  if (typeof body === 'string') return { bytes: Buffer.from(body), contentType: {} };
  if (body instanceof Uint8Array) return { bytes: Buffer.from(body), contentType: {} };
  return { bytes: Buffer.from(JSON.stringify(body)), contentType: { 'content-type': 'application/json' } };
};

const readBody = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const answerOf = (incoming: IncomingMessage, text: string): Answer => {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return toAnswer(incoming.statusCode ?? 0, new Map(headers), text);
};

const sendRaw = (base: URL, bytes: string | Uint8Array): Promise<Answer> => {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(base.port), base.hostname, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.setTimeout(15_000, () => socket.destroy(new Error('raw request: no answer in 15 s')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => resolve(parseRaw(Buffer.concat(chunks).toString('utf8'))));
  });
};

/** Reads an answer that ended with its connection (send `connection: close`); a chunked body stays as it came. */
const parseRaw = (text: string): Answer => {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return toAnswer(Number(statusLine.split(' ')[1]), new Map(headers), rest.join('\r\n\r\n'));
};

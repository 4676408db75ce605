import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { isCallerId } from '../platform/http/caller-ids.ts';
import type { Extension, HapiRequest, HapiResponse, Toolkit } from './hapi.ts';

const unreadableType = 'Invalid content-type header';

const details: Record<number, string> = {
  400: 'The request could not be understood.',
  404: 'There is no such route.',
  413: 'The body is too large.',
  415: 'Send application/json.',
  500: 'Something went wrong on our side.',
};

const correlationIdOf = (request: HapiRequest): string => {
  const given = request.headers['x-correlation-id'];
  return given !== undefined && isCallerId('X-Correlation-Id', given) ? given : randomUUID();
};

/** The status when no function of ours made the answer: the server's own error, or a function that threw. */
const failureStatus = ({ response }: HapiRequest): number | undefined => {
  // To hapi, a content type that it cannot read is a broken request; a function gets it, and wants another one.
  if (response.isBoom === true && response.message?.startsWith(unreadableType)) return 415;
  if (response.isBoom === true) return response.output?.statusCode ?? 500;
  const { source } = response;
  // serverless-offline answers 200 with the stack; AWS answers 500.
  const threw =
    typeof source === 'string' && source.startsWith('{"errorMessage":') && source.includes('"stackTrace":');
  return threw ? 500 : undefined;
};

const problemBody = (status: number, instance: string, correlationId: string) => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail: details[status] ?? `${STATUS_CODES[status] ?? 'The request failed'}.`,
  instance,
  correlation_id: correlationId,
});

/** The problem document for a request that no function of ours answers. */
export const problemOf = (request: HapiRequest, toolkit: Toolkit, status: number): HapiResponse => {
  const correlationId = correlationIdOf(request);
  const problem = problemBody(status, request.path, correlationId);
  return toolkit
    .response(JSON.stringify(problem))
    .code(status)
    .type('application/problem+json')
    .header('X-Correlation-Id', correlationId);
};

/** A request that is no HTTP never becomes one to hapi: its answer is written to the socket. */
export const answerBrokenRequest = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const correlationId = randomUUID();
  const body = JSON.stringify(problemBody(status, '/', correlationId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-correlation-id: ${correlationId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};

/** Turns what hapi or serverless-offline answers by itself into the problem document that callers know. */
export const answerWithProblem: Extension = (request, toolkit) => {
  const status = failureStatus(request);
  return status === undefined ? toolkit.continue : problemOf(request, toolkit, status);
};

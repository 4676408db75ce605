import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { HttpRequest, HttpResponse, Toolkit } from './serverless.ts';

const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

const DETAILS: Record<number, string> = {
  400: 'The request could not be understood.',
  404: 'There is no such route.',
  413: 'The body is too large.',
  500: 'Something went wrong on our side.',
};

const correlationIdOf = (request: HttpRequest): string => {
  const given = request.headers['x-correlation-id'];
  return given !== undefined && CORRELATION_ID.test(given) ? given : randomUUID();
};

/** The status when no function of ours made the answer: the server's own error, or a function that threw. */
const failureStatus = ({ response }: HttpRequest): number | undefined => {
  if (response.isBoom === true) return response.output?.statusCode ?? 500;
  const { source } = response;
  // serverless-offline answers 200 with the stack where AWS answers 500.
  const threw =
    typeof source === 'string' && source.startsWith('{"errorMessage":') && source.includes('"stackTrace":');
  return threw ? 500 : undefined;
};

/** The problem document for a request that no function of ours answers. */
export const problemOf = (request: HttpRequest, toolkit: Toolkit, status: number): HttpResponse => {
  const correlationId = correlationIdOf(request);
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: DETAILS[status] ?? `${STATUS_CODES[status] ?? 'The request failed'}.`,
    instance: request.path,
    correlation_id: correlationId,
  };
  return toolkit
    .response(JSON.stringify(problem))
    .code(status)
    .type('application/problem+json')
    .header('X-Correlation-Id', correlationId);
};

/** Turns what hapi or serverless-offline answers by itself into the problem document that callers know. */
export const answerWithProblem = (request: HttpRequest, toolkit: Toolkit): unknown => {
  const status = failureStatus(request);
  return status === undefined ? toolkit.continue : problemOf(request, toolkit, status);
};

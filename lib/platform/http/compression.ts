// API Gateway compresses nothing of an HTTP API: what is large is compressed here, for who takes that.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpRequest } from './request.ts';
import type { HttpAnswer } from './stack.ts';

export const compress = promisify(gzip);

export const takesGzip = ({ headers }: Pick<HttpRequest, 'headers'>): boolean =>
  /(^|,)\s*(gzip|\*)\s*(;\s*q=(0\.\d*[1-9]|1)\S*\s*)?(,|$)/i.test(headers['accept-encoding'] ?? '');

/** What every answer says that might have been sent in the other form. */
export const encodingHeaders = (isCompressed: boolean): Record<string, string> => ({
  vary: 'accept-encoding',
  ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
});

/** An answer in JSON, as it is or compressed. */
export const compressible = async (answer: HttpAnswer, request: HttpRequest): Promise<HttpAnswer> => {
  const isCompressed = takesGzip(request);
  const { headers, body } = answer;
  return {
    ...answer,
    headers: { ...headers, ...encodingHeaders(isCompressed) },
    body: isCompressed ? await compress(JSON.stringify(body)) : body,
  };
};

// serverless-offline decodes bodies without a word about what is no UTF-8, and calls a body without a content type JSON.
// Functions must see what was sent.

import { isUtf8 } from 'node:buffer';
import { problemOf } from './problem.ts';
import type { HttpRequest, Toolkit } from './serverless.ts';

export const refuseOrKeepBody = (request: HttpRequest, toolkit: Toolkit): unknown => {
  const { payload, headers, raw } = request;
  if (!Buffer.isBuffer(payload) || payload.length === 0) return toolkit.continue;
  if (!isUtf8(payload)) return problemOf(request, toolkit, 400).takeover();
  if (!headers['content-type']) raw.req.rawHeaders.push('content-type', 'application/octet-stream');
  return toolkit.continue;
};

// From a request to a query and back to an answer: strict parameters, read-your-writes, staleness, paging links.
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { waitForVersion } from '../../core/projection/wait-for-version.ts';
import { config } from '../config.ts';
import { expectedVersion, idAtVersion, parseInput, timeoutMs } from '../fields.ts';
import type { HttpRequest } from './request.ts';
import type { HttpAnswer, Route } from './stack.ts';

const staleHeader = { warning: '110 - "Response is Stale"' };
const staleBody = { _warning: 'Data may be stale' };

const inputOf = ({ query, params }: HttpRequest): Record<string, string> => {
  const twice = Object.keys(params).find((name) => Object.hasOwn(query, name));
  if (twice !== undefined) {
    throw new AppError('invalid_input', `${twice} is not a known parameter`, {
      errors: [{ path: twice, message: 'is not a known parameter' }],
    });
  }
  return { ...query, ...params };
};

interface DocumentRoute<I extends z.ZodObject> {
  /** Path and query parameters together, strictly; `expected_version` and `timeout_ms` are added. */
  input: I;
  find(input: z.output<I>): Promise<VersionedBody | undefined>;
  /** For the 404: what there is none of. */
  what: string;
}

interface VersionedBody {
  version: number;
}

const documentWait = { expected_version: expectedVersion.optional(), timeout_ms: timeoutMs.optional() };
const waitSchema = z.object(documentWait);

/** A query for one document, which may wait for a version of it. */
export const documentRoute =
  <I extends z.ZodObject>({ input: schema, find, what }: DocumentRoute<I>): Route =>
  async (request): Promise<HttpAnswer> => {
    const raw = inputOf(request);
    const { expected_version: version = 0, timeout_ms = config.READ_LAG_MS } = parseInput(
      waitSchema.loose(),
      raw,
    );
    const { expected_version: _, timeout_ms: __, ...own } = raw;
    const input = parseInput(schema, own);
    const { found, stale } = await waitForVersion(() => find(input), { version, timeoutMs: timeout_ms });
    if (found === undefined) {
      throw new AppError('not_found', `There is no such ${what}`, version > 0 ? { retryAfter: 1 } : {});
    }
    const headers = { etag: `"${found.version}"` };
    return stale
      ? { status: 200, headers: { ...headers, ...staleHeader }, body: { ...found, ...staleBody } }
      : { status: 200, headers, body: found };
  };

interface ListRoute<I extends z.ZodObject> {
  /** Query and path parameters, strictly; `consistent_with` and `timeout_ms` are added. */
  input: I;
  /** The document that `consistent_with` names. */
  find(id: string): Promise<VersionedBody | undefined>;
  /** There is a next page where it `hasMore`, by `skip`; or where `next` has the parameters of that page. */
  list(input: z.output<I>): Promise<{ body: unknown; hasMore?: boolean; next?: Record<string, string> }>;
}

const listWait = z.object({ consistent_with: idAtVersion.optional(), timeout_ms: timeoutMs.optional() });

/** The same request, one page on. */
const nextLink = ({ path, query }: HttpRequest, next: Record<string, string>): string => {
  const parameters = new URLSearchParams({ ...query, ...next });
  parameters.delete('consistent_with');
  return `<${path}?${parameters}>; rel="next"`;
};

/** A query for many documents, which may wait until one of them has reached a version. */
export const listRoute =
  <I extends z.ZodObject>({ input: schema, find, list }: ListRoute<I>): Route =>
  async (request): Promise<HttpAnswer> => {
    const raw = inputOf(request);
    const { consistent_with, timeout_ms = config.READ_LAG_MS } = parseInput(listWait.loose(), raw);
    const { consistent_with: _, timeout_ms: __, ...own } = raw;
    const input = parseInput(schema, own);
    let stale = false;
    if (consistent_with !== undefined) {
      const { id, version } = consistent_with;
      ({ stale } = await waitForVersion(() => find(id), { version, timeoutMs: timeout_ms }));
    }
    const { body, hasMore = false, next } = await list(input);
    const page = input as { skip?: number; limit?: number };
    const following = next ?? (hasMore ? { skip: String((page.skip ?? 0) + (page.limit ?? 0)) } : undefined);
    const link = following === undefined ? {} : { link: nextLink(request, following) };
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    return {
      status: 200,
      headers: { ...link, ...(stale ? staleHeader : {}) },
      body: stale && isObject ? { ...body, ...staleBody } : body,
    };
  };

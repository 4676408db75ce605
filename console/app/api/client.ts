// Calls to the API: JSON in, JSON out. What fails is one `ApiError`, with the problem document if there is one.
import { setClockBy } from '../live/clock.ts';
import { access, findToken } from './token.ts';

export interface Problem {
  title: string;
  status: number;
  detail?: string;
  correlation_id?: string;
  errors?: { path: string; message: string }[];
}

export class ApiError extends Error {
  /** 0 when nothing answered. */
  readonly status: number;
  readonly problem: Problem | undefined;

  constructor(message: string, status: number, problem?: Problem) {
    super(message);
    this.status = status;
    this.problem = problem;
  }

  /** The system, or a part of it, is away. */
  get isAway(): boolean {
    return [0, 429, 502, 503, 504].includes(this.status);
  }

  /** Asking again later may help. */
  get mayPass(): boolean {
    return this.isAway || this.status >= 500;
  }
}

export type Query = Record<string, string | number | boolean | undefined>;

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface Call {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const longestMs = 30_000;

const addressOf = (path: string, query: Query = {}): string => {
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
};

const parse = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
};

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'title' in body && 'status' in body;

const send = async (method: string, path: string, call: Call): Promise<Response> => {
  const { query, body, headers = {}, signal } = call;
  const token = findToken();
  const timeout = AbortSignal.timeout(longestMs);
  try {
    return await fetch(addressOf(path, query), {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('Nothing answers at this address.', 0);
  }
};

/** The answer as it is, whatever its status. @throws ApiError when nothing answers. */
export const exchange = async (method: string, path: string, call: Call = {}): Promise<Answer> => {
  const response = await send(method, path, call);
  setClockBy(response.headers.get('date'));
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
};

const noteAccess = (status: number): void => {
  if (status === 401) access.set(findToken() === undefined ? 'asked' : 'refused');
  if (status === 403) access.set('closed');
};

/** A call to the operators' API. @throws ApiError for whatever is not a success. */
export const request = async (method: string, path: string, call: Call = {}): Promise<Answer> => {
  const answer = await exchange(method, path, call);
  const { status, body } = answer;
  if (status < 400) return answer;
  noteAccess(status);
  const problem = isProblem(body) ? body : undefined;
  throw new ApiError(problem?.detail ?? problem?.title ?? `The answer was ${status}.`, status, problem);
};

/** The body of a GET, as the API's own schema promises it. */
export const get = async <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> => {
  const { body } = await request('GET', path, { query, ...(signal === undefined ? {} : { signal }) });
  return body as T;
};

/** The same; undefined for a 404. */
export const find = <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T | undefined> =>
  get<T>(path, query, signal).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });

// Who may knock at the local doors from a browser: pages of this machine alone.

import type { Extension, HapiRequest, HapiServer } from './hapi.ts';

const localNames = /^(localhost|([\w-]+\.)+localhost|127\.0\.0\.1|\[::1\])$/;

const isLocalOrigin = (origin: string): boolean => {
  const url = URL.parse(origin);
  return url !== null && /^https?:$/.test(url.protocol) && localNames.test(url.hostname);
};

const isLocalHost = (host: string | undefined): boolean =>
  localNames.test(URL.parse(`http://${host}`)?.hostname ?? '');

const origins = new WeakMap<HapiRequest, string>();

/** Keeps the origin to itself: serverless-offline would answer any with whatever it asks for. */
export const enterFromOrigin: Extension = (request, toolkit) => {
  const { origin, 'access-control-request-method': asked } = request.headers;
  if (origin === undefined) return toolkit.continue;
  delete request.headers['origin'];
  origins.set(request, origin);
  if (request.method !== 'options' || asked === undefined || !isLocalOrigin(origin)) return toolkit.continue;
  return toolkit
    .response()
    .code(204)
    .header('access-control-allow-methods', asked)
    .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '')
    .header('access-control-max-age', '600')
    .takeover();
};

/** Lets a page of this machine read the answer, headers too. No cookies: nothing here goes by them. */
export const tellOrigin: Extension = (request, toolkit) => {
  const origin = origins.get(request);
  const { response } = request;
  const headers = response.output?.headers ?? response.headers ?? {};
  if (origin === undefined) return toolkit.continue;
  headers['vary'] = headers['vary'] === undefined ? 'origin' : `${headers['vary']}, origin`;
  if (isLocalOrigin(origin)) {
    headers['access-control-allow-origin'] = origin;
    headers['access-control-expose-headers'] = '*';
  }
  return toolkit.continue;
};

const mayInvoke = ({ headers }: HapiRequest): boolean =>
  isLocalHost(headers['host']) &&
  headers['origin'] === undefined &&
  Object.keys(headers).some((name) => name.startsWith('x-amz-'));

/** Every SDK signs with `x-amz-date`; a page can send no such header without asking first, and is refused then. */
const enterLambda: Extension = (request, toolkit) =>
  mayInvoke(request)
    ? toolkit.continue
    : toolkit
        .response(JSON.stringify({ Type: 'User', Message: 'Call it as an AWS SDK does: with x-amz-date.' }))
        .code(403)
        .type('application/json')
        .header('x-amzn-errortype', 'AccessDeniedException')
        .takeover();

export const guardLambda = (server: HapiServer): void => server.ext('onRequest', enterLambda);

/** Whether it is the server that functions are invoked at, and not the gateway. */
export const isLambdaServer = (server: HapiServer): boolean =>
  server.table().some(({ path }) => path.startsWith('/2015-03-31/functions/'));

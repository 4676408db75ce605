// Which pages of other hosts may call the API: none, but those that a stage names.
import type { Service } from './service.ts';

const asked = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'traceparent',
  'x-correlation-id',
];
const shown = [
  'allow',
  'etag',
  'idempotency-replayed',
  'link',
  'location',
  'retry-after',
  'warning',
  'x-correlation-id',
];

/** As the stage's params say: `https://a.example,https://b.example`. @throws Error if one of them is no origin. */
export const addCors = ({ provider, custom }: Pick<Service, 'provider' | 'custom'>): void => {
  const origins = (custom.corsOrigins ?? '').split(',').filter((origin) => origin !== '');
  if (origins.length === 0) return;
  const wrong = origins.find((origin) => URL.parse(origin)?.origin !== origin);
  if (wrong !== undefined)
    throw new Error(`corsOrigins: ${wrong} is no origin, such as https://shop.example`);
  provider.httpApi = {
    ...provider.httpApi,
    cors: {
      allowedOrigins: origins,
      allowedMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowedHeaders: asked,
      exposedResponseHeaders: shown,
      maxAge: 600,
    },
  };
};

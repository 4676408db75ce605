// A JWT authorizer before every route, where a stage names an issuer and an audience. Health answers anybody, and
// operators send OPS_TOKEN in the header that the authorizer would read.
import type { Gateway, Service } from './service.ts';

const open = ['*', '/health', '/metrics', '/dead-letters', '/audit-log', '/products/{id}/history'];

const guarded = (route: Gateway): Gateway => {
  const [first = '', second] = typeof route === 'string' ? route.split(' ') : [route.method, route.path];
  if (second === undefined || open.includes(second)) return route;
  return { method: first, path: second, authorizer: { name: 'jwt' } };
};

export const addAuthorizer = ({ provider, custom, functions }: Service): void => {
  const { issuer = '', audience = '' } = custom.jwt ?? {};
  if (issuer === '' && audience === '') return;
  if (issuer === '' || audience === '')
    throw new Error('The JWT authorizer needs both: --param jwtIssuer=… --param jwtAudience=…');
  provider.httpApi = {
    ...provider.httpApi,
    authorizers: {
      jwt: {
        type: 'jwt',
        identitySource: '$request.header.Authorization',
        issuerUrl: issuer,
        audience: audience.split(','),
      },
    },
  };
  for (const { events = [] } of Object.values(functions)) {
    for (const event of events) if (event.httpApi !== undefined) event.httpApi = guarded(event.httpApi);
  }
};

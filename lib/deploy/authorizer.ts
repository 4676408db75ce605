// A JWT authorizer before every route, if a stage names an issuer and an audience. Public routes answer anybody, and
// operators send OPS_TOKEN in the header that the authorizer would read.
import { gatewayKey } from '../platform/http/route-key.ts';
import type { FunctionDefinition, Gateway, Service } from './service.ts';

/** `operators` and `public` of a function, as routes of the gateway. */
export const addOpenRoutes = ({ functions }: Pick<Service, 'functions'>): void => {
  for (const definition of Object.values(functions)) {
    const { operators = [], public: forAll = [], rights = [] } = definition;
    const routes = [...operators, ...forAll];
    if (routes.length > 0)
      definition.events = [
        ...(definition.events ?? []),
        ...routes.map((route) => ({ httpApi: gatewayKey(route) })),
      ];
    if (operators.length > 0) definition.rights = [...rights, 'ops-token'];
  }
};

const isOpen = ({ operators = [], public: forAll = [] }: FunctionDefinition, route: Gateway): boolean =>
  typeof route === 'string' && [...operators, ...forAll].some((one) => gatewayKey(one) === route);

const guarded = (route: Gateway): Gateway => {
  const [method = '', path = ''] = typeof route === 'string' ? route.split(' ') : [route.method, route.path];
  return { method, path, authorizer: { name: 'jwt' } };
};

export const addAuthorizer = ({ provider, custom, functions }: Service): void => {
  const { issuer = '', audience = '' } = custom.jwt ?? {};
  if (issuer === '' && audience === '') return;
  if (issuer === '' || audience === '')
    throw new Error(
      'The JWT authorizer needs both: jwtIssuer and jwtAudience, under params in serverless.yml',
    );
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
  for (const definition of Object.values(functions)) {
    for (const event of definition.events ?? []) {
      if (event.httpApi !== undefined && !isOpen(definition, event.httpApi))
        event.httpApi = guarded(event.httpApi);
    }
  }
};

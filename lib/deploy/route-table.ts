// Every path of the gateway with its methods, for the function that answers where no route does.
import type { Service } from './service.ts';

/** `/tickets GET,POST;/tickets/{id} GET` to each function that has the route `*`. */
export const addRouteTable = ({ functions }: Pick<Service, 'functions'>): void => {
  const keys = Object.values(functions).flatMap(({ events = [] }) =>
    events.flatMap(({ httpApi }) => {
      if (httpApi === undefined) return [];
      return typeof httpApi === 'string' ? [httpApi] : [`${httpApi.method?.toUpperCase()} ${httpApi.path}`];
    }),
  );
  const routes = keys.filter((key) => key !== '*').map((key) => key.split(' '));
  const paths = Map.groupBy(routes, ([, path = '']) => path);
  const table = [...paths].map(([path, ones]) => `${path} ${ones.map(([method]) => method).join(',')}`);
  for (const definition of Object.values(functions)) {
    if (!definition.events?.some(({ httpApi }) => httpApi === '*')) continue;
    definition.environment = { ...definition.environment, ROUTES: table.join(';') };
  }
};

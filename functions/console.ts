// The page for operators: static files, built ahead. It holds no data; what it shows, it asks the operators' API for.
import { builtPage } from '../lib/platform/http/files.ts';
import { httpHandler, type Routes } from '../lib/platform/http/stack.ts';

const { page, asset } = builtPage(new URL('../console/dist/', import.meta.url));

export const routes: Routes = {
  'GET /console': page,
  'GET /console/{path+}': (request) => {
    const [, name] = /^assets\/(.+)$/.exec(request.params['path'] ?? '') ?? [];
    return name === undefined ? page(request) : asset(name, request);
  },
};

export const handler = httpHandler(routes);

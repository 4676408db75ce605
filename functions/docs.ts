// The page to read and try the API: a viewer of `GET /openapi.json`. Its files are made ahead by lib/deploy/documents.
import { builtPage } from '../lib/platform/http/files.ts';
import { httpHandler, type Routes } from '../lib/platform/http/stack.ts';

// The viewer draws its icons from `data:` in its style sheet.
const { page, asset } = builtPage(new URL('../.documents/viewer/', import.meta.url), {
  imageSources: "'self' data:",
});

export const routes: Routes = {
  'GET /docs': page,
  'GET /docs/{file}': (request) => asset(request.params['file'] ?? '', request),
};

export const handler = httpHandler(routes);

// What was just made can be gone on with: links from an operation that makes something to those that take its id.
import type { JsonSchema } from './json-schema.ts';

type Paths = Record<string, Record<string, JsonSchema>>;

interface Operation {
  operationId: string;
  responses: Record<string, JsonSchema>;
}

const toOperation = (value: JsonSchema): Operation => value as JsonSchema & Operation;

const linksTo = (made: string, paths: Paths): JsonSchema =>
  Object.fromEntries(
    Object.entries(paths).flatMap(([path, methods]) => {
      const parameter = path.startsWith(`${made}/{`) ? /\{(\w+)\}/.exec(path)?.[1] : undefined;
      if (parameter === undefined) return [];
      return Object.values(methods).map((operation) => {
        const { operationId } = toOperation(operation);
        return [operationId, { operationId, parameters: { [parameter]: '$response.body#/id' } }];
      });
    }),
  );

/** `POST /tickets` answers 201 with an id: it links to every operation of `/tickets/{id}`. */
export const addLinks = (paths: Paths): void => {
  for (const [path, { post }] of Object.entries(paths)) {
    if (post === undefined || path.includes('{')) continue;
    const { responses } = toOperation(post);
    const made = responses['201'] ?? responses['202'];
    const links = linksTo(path, paths);
    if (made !== undefined && Object.keys(links).length > 0) Object.assign(made, { links });
  }
};

// The OpenAPI document as it holds here: a token is asked for where one is needed, of operators and of callers.
import * as z from 'zod';

const shape = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        security: z.array(z.record(z.string(), z.array(z.string()))),
        responses: z.record(z.string(), z.object({}).loose()),
      }),
    ),
  ),
});
type Operation = z.infer<typeof shape>['paths'][string][string];

/** By the names of the document's security schemes. */
export interface NeededTokens {
  operator: boolean;
  caller: boolean;
}

const mapValues = <T, U>(values: Record<string, T>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));

/** Said by the gateway's authorizer, which knows no problem documents. */
const refused = {
  description: 'A token is needed',
  content: {
    'application/json': {
      schema: { type: 'object', required: ['message'], properties: { message: { type: 'string' } } },
    },
  },
};

const asAsked = (operation: Operation, needed: NeededTokens): Operation => {
  const security = operation.security.filter((scheme) =>
    Object.keys(scheme).every((name) => needed[name as keyof NeededTokens]),
  );
  const isCallers = security.some((scheme) => 'caller' in scheme);
  const responses = isCallers ? { ...operation.responses, 401: refused } : operation.responses;
  return { ...operation, security, responses };
};

/** The same document, with the tokens that are needed here alone. */
export const servedDocument = <D extends object>(document: D, needed: NeededTokens): D => ({
  ...document,
  paths: mapValues(shape.parse(document).paths, (methods) =>
    mapValues(methods, (operation) => asAsked(operation, needed)),
  ),
});

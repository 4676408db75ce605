import { readFileSync } from 'node:fs';
import { parse, type ScalarTag } from 'yaml';
import * as z from 'zod';
import { prepare } from '../../lib/deploy/plugin.ts';
import type { Service } from '../../lib/deploy/service.ts';

const event = z.object({
  httpApi: z.union([z.string(), z.object({ method: z.string(), path: z.string() })]).optional(),
  sqs: z.looseObject({ arn: z.unknown(), functionResponseType: z.string().optional() }).optional(),
  schedule: z.unknown().optional(),
});
const lambda = z.looseObject({
  handler: z.string(),
  timeout: z.coerce.number().optional(),
  role: z.string().optional(),
  environment: z.record(z.string(), z.unknown()).optional(),
  events: z.array(event).default([]),
});
const resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const file = z.looseObject({
  provider: z.looseObject({
    timeout: z.coerce.number(),
    environment: z.record(z.string(), z.unknown()).default({}),
  }),
  custom: z.looseObject({}),
  functions: z.record(z.string(), lambda),
  // Those of this file; what it includes from others stands in them.
  resources: z
    .array(z.union([z.string(), z.looseObject({ Resources: z.record(z.string(), resource).default({}) })]))
    .transform((parts) => {
      const own = parts.flatMap((part) => (typeof part === 'string' ? [] : Object.entries(part.Resources)));
      return { Resources: Object.fromEntries(own) };
    }),
});

export type ServerlessFile = z.infer<typeof file>;

// `!GetAtt Queue.Arn` becomes the text «Queue.Arn»: enough to see who points to whom.
const cloudFormation = ['GetAtt', 'Ref', 'Sub', 'ImportValue'].map(
  (name): ScalarTag => ({ tag: `!${name}`, resolve: (text: string) => text }),
);
const joined = ['Join', 'If', 'Equals', 'Not', 'Or', 'And', 'GetAtt', 'Select', 'Split'].map((name) => ({
  tag: `!${name}`,
  collection: 'seq' as const,
}));

export const cloudFormationTags = [...cloudFormation, ...joined];

/** serverless.yml with its variables at their defaults and its queues made, in the shape that tests ask about. */
export const readServerlessFile = (path = 'serverless.yml'): ServerlessFile => {
  const service = readWritten(path);
  prepare(service as object as Service, {});
  return service;
};

/** As it is written, before the plugin completes it. */
export const readWritten = (path = 'serverless.yml'): ServerlessFile => {
  const raw: unknown = parse(readFileSync(path, 'utf8'), { customTags: cloudFormationTags });
  return file.parse(fill(raw, raw));
};

const fill = (value: unknown, root: unknown): unknown => {
  if (typeof value === 'string') return fillText(value, root);
  if (Array.isArray(value)) return value.map((item) => fill(item, root));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, root)]));
};

const variable = /\$\{(self|env|opt):([\w.-]+)(?:,\s*'?([^'}]*)'?)?\}/g;

const fillText = (text: string, root: unknown): string => {
  const filled = text.replaceAll(variable, (whole, kind: string, name: string, fallback?: string) =>
    kind === 'self' ? String(lookUp(root, name.split('.')) ?? fallback ?? whole) : (fallback ?? whole),
  );
  return filled === text ? text : fillText(filled, root);
};

const lookUp = (root: unknown, path: readonly string[]): unknown => {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, key)?.value : undefined,
    root,
  );
};

const operatorsOf = z.object({
  functions: z.record(z.string(), z.looseObject({ operators: z.array(z.string()).default([]) })),
});

/** The routes for operators alone, as serverless.yml has them: the function's name, its file, the route. */
export const readOperatorRoutes = (): { name: string; file: string; route: string }[] => {
  const { functions } = operatorsOf.parse(
    parse(readFileSync('serverless.yml', 'utf8'), { customTags: cloudFormationTags }),
  );
  return Object.entries(functions).flatMap(([name, { operators, handler }]) =>
    operators.map((route) => ({ name, file: String(handler).replace('.handler', '.ts'), route })),
  );
};

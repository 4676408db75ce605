// Holds every answer against the OpenAPI document: what the document does not say is a defect.
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { ensureDocuments } from '../../lib/deploy/documents/up-to-date.ts';
import type { Answer } from './answer.ts';

interface Described {
  headers?: Record<string, { required?: boolean; schema: object }>;
  content?: Record<string, { schema: object }>;
}

interface Operation {
  requestBody?: { content: Record<string, { example?: object }> };
  responses: Record<string, Described>;
}

interface Path {
  template: string;
  pattern: RegExp;
  operations: Record<string, Operation>;
}

/** What any HTTP server or browser may add. */
const everywhere =
  /^(connection|keep-alive|date|content-length|content-type|cache-control|transfer-encoding|vary|accept-ranges|access-control-.*)$/;

/** Pages and their files are no part of it. */
const pages = /^\/(docs|console)(\/|$)/;

// A document has no word for a parameter that takes up the rest of a path.
const greedy = (): Set<string | undefined> => {
  const file = readFileSync('serverless.yml', 'utf8');
  return new Set([...file.matchAll(/\{(\w+)\+\}/g)].map(([, name]) => name));
};

const toPattern = (template: string, rest: Set<string | undefined>): RegExp =>
  new RegExp(`^${template.replace(/\{(\w+)\}/g, (_, name) => (rest.has(name) ? '.+' : '[^/]+'))}$`);

/** The more of a path is spelled out, the closer it is. */
const spelledOut = ({ template }: Path): number => template.replace(/\{\w+\}/g, '').length;

const load = (): { paths: Record<string, Path['operations']>; components: object } => {
  ensureDocuments();
  return JSON.parse(readFileSync('.documents/openapi.json', 'utf8'));
};

const nameOf = (method: string, template: string, status: number | string): string =>
  `${method.toUpperCase()} ${template} ${status}`;

export interface DescribedOperation {
  method: string;
  template: string;
  statuses: string[];
  example: object | undefined;
}

/** Every operation, with the statuses that it may have, and what may be sent. */
export const readOperations = (): DescribedOperation[] =>
  Object.entries(load().paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, { responses, requestBody }]) => ({
      method: method.toUpperCase(),
      template,
      statuses: Object.keys(responses),
      example: requestBody?.content['application/json']?.example,
    })),
  );

/** Each operation with each of its statuses: `GET /tickets/{id} 200`. */
export const describedAnswers = (): string[] =>
  readOperations().flatMap(({ method, template, statuses }) =>
    statuses.map((status) => nameOf(method, template, status)),
  );

/** Reads the document, and gives the check. @throws Error in what is checked, if the document does not say it. */
export const readDocument = () => {
  const { paths, components } = load();
  const rest = greedy();
  const known = Object.entries(paths).map(
    ([template, operations]): Path => ({ template, operations, pattern: toPattern(template, rest) }),
  );
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const compiled = new WeakMap<object, ValidateFunction>();

  const validate = (schema: object, value: unknown): string => {
    const check = compiled.get(schema) ?? ajv.compile({ ...schema, components });
    compiled.set(schema, check);
    return check(value) ? '' : ajv.errorsText(check.errors).slice(0, 1_000);
  };

  const findPath = (path: string): Path | undefined =>
    known
      .filter(({ pattern }) => pattern.test(path))
      .toSorted((one, other) => spelledOut(other) - spelledOut(one))[0];

  const headerFaults = ({ headers = {} }: Described, answer: Answer): string[] => {
    const described = new Map(Object.entries(headers).map(([name, one]) => [name.toLowerCase(), one]));
    return [
      ...[...answer.headers.keys()]
        .filter((name) => !everywhere.test(name) && !described.has(name))
        .map((name) => `the header ${name} is not in the document`),
      ...[...described]
        .filter(([name, { required }]) => required === true && answer.header(name) === undefined)
        .map(([name]) => `the header ${name} is missing`),
    ];
  };

  const contentFaults = ({ content }: Described, answer: Answer): string[] => {
    if (content === undefined) return answer.text === '' ? [] : ['the document has no body here'];
    const type = answer.header('content-type') ?? '';
    const found = content[type] ?? content[type.split(';')[0] ?? ''];
    if (found === undefined) return [`the media type ${type} is not in the document`];
    const fault = validate(found.schema, /json/.test(type) ? answer.json() : answer.text);
    return fault === '' ? [] : [fault];
  };

  /** The faults of an answer, and which of the described ones it is. */
  return (method: string, url: string, answer: Answer): { seen: string[]; faults: string[] } => {
    const [path = ''] = url.split('?');
    if (pages.test(path) || (method === 'OPTIONS' && answer.status === 204)) return { seen: [], faults: [] };
    const { template = '', operations = {} } = findPath(path) ?? {};
    const operation = operations[method.toLowerCase()];
    const { status } = answer;
    if (operation !== undefined) {
      const response = operation.responses[status];
      const seen = [nameOf(method, template, status)];
      if (response === undefined) return { seen, faults: ['the status is not in the document'] };
      return { seen, faults: [...headerFaults(response, answer), ...contentFaults(response, answer)] };
    }
    const expected = template === '' ? 404 : 405;
    return {
      // It stands with the methods that there are.
      seen: Object.keys(operations).map((one) => nameOf(one, template, expected)),
      faults: status === expected ? [] : [`${expected} is expected, and there is no operation`],
    };
  };
};

// What the page reads of an OpenAPI 3.1 document: the calls with their fields.
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  description?: string;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  format?: string;
}

interface Parameter {
  $ref?: string;
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

interface RequestBody {
  $ref?: string;
  required?: boolean;
  content?: Record<
    string,
    { schema?: Schema; example?: unknown; examples?: Record<string, { value?: unknown }> }
  >;
}

interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: RequestBody;
}

export interface OpenApi {
  paths?: Record<string, Record<string, unknown> & { parameters?: Parameter[] }>;
}

export type Place = 'path' | 'query' | 'header' | 'body';

export interface Field {
  name: string;
  place: Place;
  isRequired: boolean;
  description: string;
  schema: Schema;
  /** What stands in the form at first. */
  example: unknown;
}

export interface Call {
  /** `POST /tickets`. */
  key: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  fields: Field[];
  hasBody: boolean;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

// What operators call has pages of its own.
const isForCallers = (path: string): boolean =>
  !/^\/(ops|console|metrics|dead-letters|openapi|asyncapi|docs)\b/.test(path);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** What a `$ref` within the document stands for. */
const resolve = <T extends { $ref?: string }>(document: OpenApi, value: T, depth = 0): T => {
  if (value.$ref === undefined || depth > 8) return value;
  let found: unknown = document;
  for (const part of value.$ref.replace(/^#\//, '').split('/')) {
    found = isObject(found) ? found[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return isObject(found) ? resolve(document, found as T, depth + 1) : value;
};

/** The schema itself: refs followed, parts put together, of several forms the first that is not null. */
const plain = (document: OpenApi, given: Schema, depth = 0): Schema => {
  const schema = resolve(document, given);
  if (depth > 4) return schema;
  if (schema.allOf !== undefined) {
    const parts = schema.allOf.map((part) => plain(document, part, depth + 1));
    return {
      ...Object.assign({}, ...parts),
      ...schema,
      properties: Object.assign({}, ...parts.map(({ properties = {} }) => properties), schema.properties),
      required: [...parts.flatMap(({ required = [] }) => required), ...(schema.required ?? [])],
    };
  }
  const choice = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type !== 'null');
  return choice === undefined ? schema : { ...plain(document, choice, depth + 1), ...schema };
};

export const typeOf = ({ type, enum: words }: Schema): string => {
  const [first] = Array.isArray(type) ? type.filter((one) => one !== 'null') : [type];
  return first ?? (words === undefined ? 'string' : typeof words[0]);
};

/** A value of the schema's form, for a field that one would not like to write by hand. */
const sample = (document: OpenApi, given: Schema, depth = 0): unknown => {
  const schema = plain(document, given);
  const known = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.const ?? schema.enum?.[0];
  if (known !== undefined || depth > 4) return known;
  const type = typeOf(schema);
  if (type === 'array') return schema.items === undefined ? [] : [sample(document, schema.items, depth + 1)];
  if (type === 'object') {
    const { properties = {}, required = [] } = schema;
    return Object.fromEntries(
      required.map((name) => [name, sample(document, properties[name] ?? {}, depth + 1)]),
    );
  }
  if (type === 'integer' || type === 'number') return Math.max(1, schema.minimum ?? 1);
  return type === 'boolean' ? false : '';
};

const firstExample = (schema: Schema): unknown => schema.example ?? schema.examples?.[0];

const toField = (
  document: OpenApi,
  { name, place, isRequired, given, example, description }: Omit<Field, 'schema'> & { given: Schema },
): Field => {
  const schema = plain(document, given);
  const isWhole = ['array', 'object'].includes(typeOf(schema));
  return {
    name,
    place,
    isRequired,
    schema,
    description: description || (schema.description ?? ''),
    example:
      example ?? firstExample(schema) ?? (isWhole && isRequired ? sample(document, schema) : undefined),
  };
};

const bodyFields = (document: OpenApi, operation: Operation): Field[] => {
  if (operation.requestBody === undefined) return [];
  const { content = {} } = resolve(document, operation.requestBody);
  const media = content['application/json'] ?? Object.values(content)[0];
  const schema = plain(document, media?.schema ?? {});
  const whole = media?.example ?? Object.values(media?.examples ?? {})[0]?.value ?? firstExample(schema);
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).map(([name, given]) =>
    toField(document, {
      name,
      place: 'body',
      isRequired: required.includes(name),
      description: '',
      given,
      example: isObject(whole) ? whole[name] : undefined,
    }),
  );
};

const parameterFields = (document: OpenApi, parameters: readonly Parameter[]): Field[] =>
  parameters.flatMap((given) => {
    const {
      name,
      in: place,
      required = false,
      description = '',
      schema = {},
      example,
    } = resolve(document, given);
    if (
      place === 'cookie' ||
      name.toLowerCase() === 'x-correlation-id' ||
      name.toLowerCase() === 'traceparent'
    )
      return [];
    return toField(document, { name, place, isRequired: required, description, given: schema, example });
  });

/** Every command and query of the document, in its order. */
export const callsOf = (document: OpenApi): Call[] =>
  Object.entries(document.paths ?? {})
    .filter(([path]) => isForCallers(path))
    .flatMap(([path, item]) =>
      methods.flatMap((method) => {
        const operation = item[method] as Operation | undefined;
        if (operation === undefined) return [];
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
        return {
          key: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          tag: operation.tags?.[0] ?? path.split('/')[1] ?? '',
          summary: operation.summary ?? '',
          description: operation.description ?? '',
          fields: [...parameterFields(document, parameters), ...bodyFields(document, operation)],
          hasBody: operation.requestBody !== undefined,
        };
      }),
    );

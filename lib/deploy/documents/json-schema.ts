// Schemas of values as JSON Schema: what a caller may send, what a caller gets.
import * as z from 'zod';

export type JsonSchema = Record<string, unknown>;

export interface ObjectSchema extends JsonSchema {
  properties: Record<string, JsonSchema>;
  required: string[];
}

/** What a field says of itself, beside its type. */
interface Said {
  json?: object;
  description?: string;
  anyOf?: object[];
}

const replace = (schema: JsonSchema, by: object): void => {
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, by);
};

const toSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // A time is sent as text; what a field says of itself by `meta({ json })` holds.
      if (zodSchema._zod.def.type === 'date') replace(jsonSchema, { type: 'string', format: 'date-time' });
      const { json, description, anyOf: [only, ...others] = [] } = jsonSchema as Said;
      if (json !== undefined)
        replace(jsonSchema, { ...json, ...(description === undefined ? {} : { description }) });
      const { def } = zodSchema._zod;
      if (def.type === 'default') jsonSchema['default'] = def.defaultValue;
      // A choice of one is none.
      if (only !== undefined && others.length === 0) replace(jsonSchema, only);
    },
  });
  const { $schema: _, ...rest } = made;
  return rest;
};

/** What is answered. */
export const answerSchema = (schema: z.ZodType): JsonSchema => toSchema(schema, 'output');

/** What is asked for: the fields of an object. */
export const inputSchema = (schema: z.ZodType): ObjectSchema => {
  const { properties = {}, required = [], ...rest } = toSchema(schema, 'input');
  return {
    ...rest,
    properties: properties as Record<string, JsonSchema>,
    required: required as string[],
  };
};

/** Only these fields of an object. */
export const pick = ({ properties, required, ...rest }: ObjectSchema, names: string[]): ObjectSchema => ({
  ...rest,
  properties: Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name))),
  required: required.filter((name) => names.includes(name)),
});

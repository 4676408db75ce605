// Schemas of values as JSON Schema: what a caller may send, what a caller gets.
import * as z from 'zod';

export type JsonSchema = Record<string, unknown>;

export interface ObjectSchema extends JsonSchema {
  properties: Record<string, JsonSchema>;
  required: string[];
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
      const { json } = jsonSchema as { json?: object };
      if (json !== undefined) replace(jsonSchema, json);
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

// Where what a caller may say ends.
import type * as z from 'zod';

/** Which of the values of one field are taken, the rest of the input being valid. */
export const taken = (schema: z.ZodType, valid: object, field: string, values: unknown[]): boolean[] =>
  values.map((value) => schema.safeParse({ ...valid, [field]: value }).success);

/** Whether a text of this length is taken and no longer one, and (`from` 1) no empty one either. */
export const endsAt = (schema: z.ZodType, valid: object, field: string, most: number, from = 1): boolean => {
  const [empty, last, beyond] = taken(schema, valid, field, ['', 'x'.repeat(most), 'x'.repeat(most + 1)]);
  return empty === (from === 0) && last === true && beyond === false;
};

// What the operators' API takes and answers, as JSON on the wire. Every list is cut by `limit`; `next_cursor` is the
// value of the list's cursor parameter for the next page, null at the end, and the `Link` header says the same.
// A page may be shorter than `limit`, or empty, and still have a next one: a filter looks at a bounded part of the log.
import * as z from 'zod';

/** RFC 3339, UTC, milliseconds. */
export const instant = z.iso.datetime();
export const count = z.int().min(0);
export const object = z.record(z.string(), z.unknown());
export const cursor = z.string().nullable();

export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next_cursor: cursor });

export const failure = z.object({
  name: z.string(),
  code: z.string().optional(),
  message: z.string(),
  /** The first own frame of the stack. */
  frame: z.string().optional(),
});

// Where the next page of a list begins: behind a time and, among equals, an id. Opaque to callers.
import * as z from 'zod';

export interface Cursor {
  time: Date;
  id: string;
}

const parts = z.tuple([z.int().min(0).max(8.64e15), z.string()]);

export const toCursor = ({ time, id }: Cursor): string =>
  Buffer.from(JSON.stringify([time.getTime(), id])).toString('base64url');

/** A cursor as a caller sends it back. */
export const cursor = z
  .string()
  .max(300)
  .transform((text, context): Cursor => {
    try {
      const [time, id] = parts.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
      return { time: new Date(time), id };
    } catch {
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
      return z.NEVER;
    }
  });

/** What lies behind the cursor in a list that has the latest first, by `field`. */
export const behind = (field: string, at: Cursor | undefined): object =>
  at === undefined ? {} : { $or: [{ [field]: { $lt: at.time } }, { [field]: at.time, _id: { $lt: at.id } }] };

// Dead letters and parked events, page by page: by cause, and the letters of one cause.
import * as z from 'zod';
import { type LetterInList, listDeadLetters, listLetters } from '../../core/dead-letters/groups.ts';
import { deadLetterRecords } from '../../core/dead-letters/records.ts';
import { AppError } from '../../core/errors.ts';
import { wholeNumber } from '../../core/fields.ts';
import type { Databases } from '../../core/projection/read-model.ts';
import { listParked } from '../../core/relay/parked.ts';
import { endpoint } from '../http/endpoint.ts';
import { fromCursor, nextPage, toCursor } from './paging.ts';
import { deadLetter, deadLetters } from './schemas/dead-letters.ts';
import { letterIdOf, letterNameOf, toDeadLetter } from './wire.ts';

const place = z.tuple([z.int().min(0).max(8.64e15), z.string()]).transform(([time, id]) => ({
  at: new Date(time),
  id,
}));

const cursor = z
  .string()
  .max(1_000)
  .transform((text, context) => {
    const parsed = place.safeParse(fromCursor(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
    return z.NEVER;
  });

const input = z.strictObject({
  subscription: z.string().min(1).max(100).optional(),
  fingerprint: z.string().min(1).max(100).optional(),
  after: cursor.optional(),
  limit: wholeNumber(1, 100).default(20),
});

const toLetter = ({ _id, subscription: _, ...letter }: LetterInList) => ({ id: letterIdOf(_id), ...letter });

type Asked = z.output<typeof input>;

const parkedPage = async ({ writeDb }: Databases, { after, limit }: Asked) => {
  const found = await listParked(writeDb, limit + 1, after);
  const parked = found.slice(0, limit);
  const last = found.length > limit ? parked.at(-1) : undefined;
  const next_cursor = last === undefined ? null : toCursor([last.parked_at.getTime(), last.event_id]);
  return { groups: [], parked, next_cursor };
};

/** The letters of one cause. */
const causePage = async ({ readDb }: Databases, asked: Asked) => {
  const { subscription, fingerprint, after, limit } = asked;
  const [groups, found] = await Promise.all([
    listDeadLetters(readDb, { subscription, fingerprint, limit: 100 }),
    listLetters(readDb, { subscription, fingerprint, after, limit: limit + 1 }),
  ]);
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return {
    groups: groups.map((group) => ({
      ...group,
      letters: shown.filter((letter) => letter.subscription === group.subscription).map(toLetter),
    })),
    parked: [],
    next_cursor: last === undefined ? null : toCursor([last.last_at.getTime(), last._id]),
  };
};

const causesPage = async ({ writeDb, readDb }: Databases, { subscription, after, limit }: Asked) => {
  const isFirst = subscription === undefined && after === undefined;
  const [found, parked] = await Promise.all([
    listDeadLetters(readDb, { subscription, after, limit: limit + 1 }),
    isFirst ? listParked(writeDb, limit) : [],
  ]);
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return {
    groups: shown.map((group) => ({ ...group, letters: group.letters.map(toLetter) })),
    parked,
    next_cursor:
      last === undefined
        ? null
        : toCursor([last.last_at.getTime(), `${last.subscription}/${last.fingerprint}`]),
  };
};

const getDeadLetters = endpoint({
  summary: 'Dead letters by cause, and events that a queue refused for good',
  operators: true,
  input,
  answer: deadLetters,
  handle: (asked, databases: Databases) => {
    if (asked.subscription === 'relay') return parkedPage(databases, asked);
    return asked.fingerprint === undefined ? causesPage(databases, asked) : causePage(databases, asked);
  },
  headersOf: nextPage('after'),
});

const getDeadLetter = endpoint({
  summary: 'One dead letter, with its message and its error',
  operators: true,
  input: z.strictObject({ id: z.string().max(4_000) }),
  answer: deadLetter,
  async handle({ id }, { readDb }: Databases) {
    const letter = await deadLetterRecords(readDb).findOne({ _id: letterNameOf(id) });
    if (letter === null) throw new AppError('not_found', 'There is no such dead letter');
    return toDeadLetter(letter);
  },
});

export const deadLetterEndpoints = {
  'GET /dead-letters': getDeadLetters,
  'GET /dead-letters/{id}': getDeadLetter,
};

// Dead letters and parked events, page by page: by cause, and the letters of one cause.
import * as z from 'zod';
import { type LetterInList, listDeadLetters, listLetters } from '../../core/dead-letters/groups.ts';
import { deadLetterRecords } from '../../core/dead-letters/records.ts';
import { AppError } from '../../core/errors.ts';
import { anyText, pageSize } from '../../core/fields.ts';
import type { Databases } from '../../core/projection/read-model.ts';
import { cursorOf } from '../../core/queries/cursor.ts';
import { listParked } from '../../core/relay/parked.ts';
import { endpoint } from '../http/endpoint.ts';
import { nextPage } from './paging.ts';
import { deadLetter, deadLetters } from './schemas/dead-letters.ts';
import { letterIdOf, letterNameOf, toDeadLetter } from './wire.ts';

const { schema, encode } = cursorOf('date', 'text');
const cursor = schema.transform(([at, id]) => ({ at: at as Date, id: id as string }));

const input = z.strictObject({
  subscription: anyText(100).optional(),
  fingerprint: anyText(100).optional(),
  after: cursor.optional(),
  limit: pageSize(20),
});

const toLetter = ({ _id, subscription: _, ...letter }: LetterInList) => ({ id: letterIdOf(_id), ...letter });

type Asked = z.output<typeof input>;

const parkedPage = async ({ writeDb }: Databases, { after, limit }: Asked) => {
  const found = await listParked(writeDb, limit + 1, after);
  const parked = found.slice(0, limit);
  const last = found.length > limit ? parked.at(-1) : undefined;
  const next_cursor = last === undefined ? null : encode([last.parked_at, last.event_id]);
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
    next_cursor: last === undefined ? null : encode([last.last_at, last._id]),
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
      last === undefined ? null : encode([last.last_at, `${last.subscription}/${last.fingerprint}`]),
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
  headers: ['Link'],
  headersOf: nextPage('after'),
});

const letterId = z.string().regex(/^[A-Za-z0-9_-]{1,500}$/, { error: 'is not the id of a dead letter' });

const getDeadLetter = endpoint({
  summary: 'One dead letter, with its message and its error',
  operators: true,
  input: z.strictObject({ id: letterId }),
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

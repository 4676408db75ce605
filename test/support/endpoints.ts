import type { Json } from './answer.ts';

/** A command as the bad-input tests need it: what a valid call is, so that each row can spoil one thing of it. */
export type CommandEndpoint = {
  method: 'POST' | 'PATCH' | 'DELETE';
  /** `{id}` stands for what `given` makes. */
  path: string;
  body: Json;
  /** Fields that take white space alone. */
  blankAllowed?: readonly string[];
  /** The endpoint that makes the thing which `{id}` names. */
  given?: { path: string; body: Json };
};

export type QueryEndpoint = {
  path: string;
  given?: CommandEndpoint['given'];
  /** Parameters that take whole numbers, with their largest. */
  numbers?: Record<string, number>;
  /** Parameters that take words of a fixed list, `true`/`false` among them. */
  words?: readonly string[];
  /** Parameters that take an instant. */
  instants?: readonly string[];
  /** Parameters that take free text to search for. */
  searches?: readonly string[];
};

const ticket = { path: '/tickets', body: { customer_id: 'c-1', subject: 'Printer', message: 'It burns.' } };
const status = { body: { new_status: 'in_progress' }, given: ticket };
const note = { body: { note: 'called back' }, given: ticket, blankAllowed: ['note'] };
const page = { limit: 100, skip: 10_000 };

export const commandEndpoints: CommandEndpoint[] = [
  { method: 'POST', ...ticket },
  { method: 'PATCH', path: '/tickets/{id}/status', ...status },
  { method: 'POST', path: '/tickets/{id}/status', ...status },
  { method: 'PATCH', path: '/tickets/{id}/note', ...note },
  { method: 'POST', path: '/tickets/{id}/note', ...note },
];

export const queryEndpoints: QueryEndpoint[] = [
  {
    path: '/tickets',
    numbers: { ...page, timeout_ms: 5000 },
    words: ['status', 'has_note', 'consistent_with'],
  },
  {
    path: '/tickets/{id}',
    given: ticket,
    numbers: { expected_version: Number.MAX_SAFE_INTEGER, timeout_ms: 5000 },
  },
];

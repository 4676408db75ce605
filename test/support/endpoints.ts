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
const item = { product_id: 'p-1', quantity: 2, price: 19.99 };
const order = {
  path: '/orders',
  body: {
    customer_id: 'c-1',
    items: [item],
    shipping_address: { line1: 'Main Street 5', city: 'Bonn', country: 'DE' },
  },
};
const pages = { page: 1_000, page_size: 100, timeout_ms: 5000 };
const supplier = { path: '/suppliers', body: { name: 'Acme' } };
const page = { limit: 100, skip: 10_000 };

export const commandEndpoints: CommandEndpoint[] = [
  { method: 'POST', ...ticket },
  { method: 'PATCH', path: '/tickets/{id}/status', ...status },
  { method: 'POST', path: '/tickets/{id}/status', ...status },
  { method: 'PATCH', path: '/tickets/{id}/note', ...note },
  { method: 'POST', path: '/tickets/{id}/note', ...note },
  { method: 'POST', ...order },
  { method: 'POST', path: '/orders/{id}/items', body: item, given: order },
  { method: 'DELETE', path: '/orders/{id}', body: { reason: 'too late' }, given: order },
  { method: 'POST', ...supplier },
  { method: 'PATCH', path: '/suppliers/{id}', body: { name: 'Zenith' }, given: supplier },
  { method: 'POST', path: '/write', body: { key: 'bad-input', value: 'v' }, blankAllowed: ['value'] },
];

export const queryEndpoints: QueryEndpoint[] = [
  {
    path: '/orders/search',
    numbers: pages,
    words: ['status', 'sort_by', 'sort_order', 'consistent_with', 'min_total', 'max_total'],
    instants: ['from', 'to'],
    searches: ['q'],
  },
  {
    path: '/orders/{id}',
    given: order,
    numbers: { expected_version: Number.MAX_SAFE_INTEGER, timeout_ms: 5000 },
  },
  { path: '/customers/c-1/orders', numbers: pages, words: ['status', 'consistent_with'] },
  { path: '/read/bad-input', numbers: { expected_version: Number.MAX_SAFE_INTEGER, timeout_ms: 5000 } },
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
  {
    path: '/products',
    numbers: { ...page, timeout_ms: 5000 },
    words: ['in_stock', 'consistent_with'],
    searches: ['q'],
  },
  {
    path: '/audit-log',
    numbers: { limit: 100, timeout_ms: 5000 },
    words: ['type', 'cursor', 'consistent_with'],
    instants: ['from', 'to'],
  },
  {
    path: '/alerts/low-stock',
    numbers: { ...page, timeout_ms: 5000 },
    words: ['state', 'after', 'consistent_with'],
  },
];

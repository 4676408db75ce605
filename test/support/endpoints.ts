// An endpoint as the tests of bad input need it.

interface Given {
  path: string;
  body: object;
}

/** A command as the bad-input tests need it: what a valid call is, so that each row can spoil one thing of it. */
export interface CommandEndpoint {
  method: 'POST' | 'PATCH' | 'DELETE';
  /** `{id}` stands for what `given` makes. */
  path: string;
  body: Record<string, unknown>;
  /** Fields that take white space alone. */
  blankAllowed?: readonly string[];
  /** The endpoint that makes the thing which `{id}` names. */
  given?: Given;
}

export interface QueryEndpoint {
  path: string;
  given?: Given;
  /** Parameters that take whole numbers, with their largest. */
  numbers?: Record<string, number>;
  /** Parameters that take words of a fixed list, `true`/`false` among them. */
  words?: readonly string[];
  /** Parameters that take an instant. */
  instants?: readonly string[];
  /** Parameters that take free text to search for. */
  searches?: readonly string[];
}

/** Parameters of lists, and of answers that wait for a version. */
export const paging = { limit: 100, skip: 10_000, timeout_ms: 5000 };
export const pages = { page: 1_000, page_size: 100, timeout_ms: 5000 };
export const versioned = { expected_version: Number.MAX_SAFE_INTEGER, timeout_ms: 5000 };

export type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  text: string;
  headers: ReadonlyMap<string, string>;
  /** A header's value by its lower-case name. */
  header(name: string): string | undefined;
  /** The body parsed as JSON, whatever it is. */
  json(): unknown;
  /** The body as an object; throws if it is anything else. */
  object(): Json;
  /** The body as an array of objects; throws if it is anything else. */
  list(): Json[];
}

export const toAnswer = (status: number, headers: ReadonlyMap<string, string>, text: string): Answer => {
  const json = (): unknown => JSON.parse(text);
  const refuse = (wanted: string): never => {
    throw new Error(`not ${wanted}: ${status} ${text.slice(0, 500)}`);
  };
  return {
    status,
    text,
    headers,
    header: (name) => headers.get(name.toLowerCase()),
    json,
    object() {
      const value = json();
      return isObject(value) ? value : refuse('an object');
    },
    list() {
      const value = json();
      return Array.isArray(value) && value.every(isObject) ? value : refuse('a list of objects');
    },
  };
};

export const isObject = (value: unknown): value is Json => {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
};

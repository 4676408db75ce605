// What a setting is. The tables of settings stand with those who read them: the machine's in lib/platform/settings.ts,
// a domain's in its manifest. Validation, the environment of each function and the README's table follow from the tables.
import type * as z from 'zod';

export interface Setting<T = unknown> {
  /** From the text of the environment; an absent or empty text is the default. */
  schema: z.ZodType<T, string | undefined>;
  default: string;
  /** What it does, in one line, with its unit. */
  about: string;
  /** A secret: on a deployed stage only a function that declares this right gets it, from Parameter Store. */
  secret?: string;
  /** The functions that read it, by their names in serverless.yml; all of them if absent. */
  functions?: readonly string[];
  /** Read on a developer's machine only. */
  local?: true;
}

export type SettingTable = Readonly<Record<string, Setting>>;

export type SettingValues<T extends SettingTable> = { readonly [K in keyof T]: z.output<T[K]['schema']> };

/** Reads a table's settings. Throws an Error with one sentence that names each setting that is not valid. */
export type ReadSettings = <const T extends SettingTable>(table: T) => SettingValues<T>;

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes through a temporary name, so that a reader never sees half a file. Only the user may read it. */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
};

/** The parsed JSON of a file; undefined when it is absent or damaged. */
export const readJson = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
};

export const numberAt = (value: unknown, key: string): number | undefined => {
  const found = fieldAt(value, key);
  return typeof found === 'number' ? found : undefined;
};

export const stringAt = (value: unknown, key: string): string | undefined => {
  const found = fieldAt(value, key);
  return typeof found === 'string' ? found : undefined;
};

export const fieldAt = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;

// New files and changed files, kept together until all of them are known to be right: then they are written, or none is.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Refusal } from './names.ts';

export interface Changes {
  /** Whether the project has the file. */
  has(path: string): boolean;
  /** @throws Refusal if the file is there. */
  create(path: string, content: string): void;
  /** Changes a file that is there. @throws Refusal if the change finds nothing to hold on to. */
  edit(path: string, change: (content: string) => string | undefined): void;
  /** Writes all of it; gives the paths. */
  write(): string[];
}

export const collectChanges = (root: string): Changes => {
  const contents = new Map<string, string>();
  return {
    has: (path) => contents.has(path) || existsSync(join(root, path)),
    create(path, content) {
      if (existsSync(join(root, path)))
        throw new Refusal(`${path} is there already: nothing is overwritten.`);
      contents.set(path, content);
    },
    edit(path, change) {
      const before = contents.get(path) ?? readFileSync(join(root, path), 'utf8');
      const after = change(before);
      if (after === undefined || after === before)
        throw new Refusal(
          `${path} has another form than expected: write this part by hand (README, «Adding to it»).`,
        );
      contents.set(path, after);
    },
    write() {
      for (const [path, content] of contents) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
      return [...contents.keys()];
    },
  };
};

/** Puts `lines` before or after the first match; undefined if there is none. */
export const insert = (
  content: string,
  place: { after: string | RegExp } | { before: string | RegExp },
  lines: string,
): string | undefined => {
  const mark = 'after' in place ? place.after : place.before;
  const found = typeof mark === 'string' ? mark : mark.exec(content)?.[0];
  if (found === undefined || !content.includes(found)) return undefined;
  return content.replace(found, () => ('after' in place ? `${found}${lines}` : `${lines}${found}`));
};

// What functions write to their log: lines of JSON, metrics among them.
import { vi } from 'vitest';

export type Line = Record<string, unknown>;

/** Does the work, and gives each line that was written meanwhile. */
export const linesOf = async (work: () => unknown): Promise<Line[]> => {
  const lines: Line[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      lines.push(JSON.parse(String(chunk)));
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines;
};

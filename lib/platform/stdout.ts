// Lines to stdout. The lines of one stretch of code go out in one write: a write costs more than making its line, and a
// batch of ten messages has eleven lines. They are out before a handler's promise resolves, so no freeze keeps them.

let lines: string[] = [];

const flush = (): void => {
  const text = lines.join('');
  lines = [];
  process.stdout.write(text);
};

export const writeLine = (line: string): void => {
  if (lines.length === 0) queueMicrotask(flush);
  lines.push(`${line}\n`);
};

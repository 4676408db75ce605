// What functions write to their log: lines of JSON, metrics among them.

export type Line = Record<string, unknown>;

/** Does the work, and gives each line that was written meanwhile. */
export const linesOf = async (work: () => unknown): Promise<Line[]> => {
  const lines: Line[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  for (const stream of streams)
    stream.write = (chunk: unknown) => {
      lines.push(JSON.parse(String(chunk)));
      return true;
    };
  try {
    await work();
  } finally {
    // Who had hushed them before finds them hushed.
    for (const [index, stream] of streams.entries()) stream.write = writes[index] ?? stream.write;
  }
  return lines;
};

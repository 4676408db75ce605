// What SQS takes and gives at once: ten entries, and a megabyte of bodies and attributes.

export const batchEntries = 10;
const batchBytes = 1_000_000;

/** As few lists as SQS takes at once, in order. */
export const inTens = <T>(items: T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / batchEntries) }, (_, at) =>
    items.slice(at * batchEntries, (at + 1) * batchEntries),
  );

/** As few batches as entries and bytes allow, in order. */
export const toBatches = <T extends { body: string }>(messages: T[], overheadBytes = 0): T[][] => {
  const batches: T[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body) + overheadBytes;
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === batchEntries || bytes + size > batchBytes) {
      batches.push([message]);
      bytes = size;
    } else {
      batch.push(message);
      bytes += size;
    }
  }
  return batches;
};

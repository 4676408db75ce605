// What one answer can hold: Lambda gives 6 MB at most, with the body as text in JSON.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const mostBytes = 5_000_000;

const bytesIn = (row: object): number => Buffer.byteLength(JSON.stringify(JSON.stringify(row)));

/** The first of the rows, as many as one answer can hold; one at least. */
export const asManyAsFit = <R extends object>(rows: R[]): R[] => {
  let bytes = 0;
  const tooMuch = rows.findIndex((row) => {
    bytes += bytesIn(row);
    return bytes > mostBytes;
  });
  return tooMuch === -1 ? rows : rows.slice(0, Math.max(1, tooMuch));
};

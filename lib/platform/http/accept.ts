// Which form of an answer a caller likes best, by `Accept`. RFC 9110, 12.5.1.

interface Liked {
  range: string;
  quality: number;
}

/** `text/plain;q=0.5` and others; what cannot be read is not liked. */
const parse = (accept: string): Liked[] =>
  accept
    .toLowerCase()
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((one) => one.trim());
      const weight = parameters.find((one) => one.startsWith('q='));
      return { range, quality: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
    });

/** The closest range decides, not the most generous one. */
const qualityOf = (type: string, liked: Liked[]): number => {
  const ranges = [type, type.replace(/\/.*/, '/*'), '*/*'];
  for (const range of ranges) {
    const found = liked.find((one) => one.range === range);
    if (found !== undefined) return found.quality;
  }
  return 0;
};

/** One of `types`, which are in lower case: the first of those that are liked best, and the first of all if none is liked. */
export const preferred = (types: readonly string[], accept: string | undefined): string => {
  const liked = parse(accept ?? '*/*');
  const qualities = types.map((type) => qualityOf(type, liked));
  return types[qualities.indexOf(Math.max(...qualities))] ?? '';
};

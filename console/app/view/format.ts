// Numbers and texts as people read them. Every number has its unit.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export const count = (value: number): string => whole.format(value);

/** `1 event`, `2 events`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `0.4`, `3.2`, `120`: few enough digits to stay still. */
export const rate = (perSecond: number): string => {
  if (perSecond >= 100) return whole.format(perSecond);
  return perSecond > 0 && perSecond < 0.1 ? '< 0.1' : fine.format(perSecond);
};

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const twoParts = (ms: number, big: number, bigName: string, small: number, smallName: string): string => {
  const bigs = Math.floor(ms / big);
  const smalls = Math.floor((ms % big) / small);
  return smalls === 0 ? `${bigs} ${bigName}` : `${bigs} ${bigName} ${smalls} ${smallName}`;
};

/** `15 ms`, `3.4 s`, `2 min 5 s`, `3 h 4 min`, `2 d 1 h`. */
export const duration = (ms: number): string => {
  if (ms < second) return `${whole.format(ms)} ms`;
  if (ms < 10 * second) return `${fine.format(ms / second)} s`;
  if (ms < minute) return `${whole.format(Math.floor(ms / second))} s`;
  if (ms < hour) return twoParts(ms, minute, 'min', second, 's');
  if (ms < day) return twoParts(ms, hour, 'h', minute, 'min');
  return twoParts(ms, day, 'd', hour, 'h');
};

/** `now`, `12 s ago`, `in 5 s`. Whole seconds and larger units only, so that it seldom changes. */
export const ago = (ms: number): string => {
  const size = Math.abs(ms);
  if (size < 1_500) return 'now';
  const told =
    size < minute
      ? `${Math.round(size / second)} s`
      : size < hour
        ? `${Math.floor(size / minute)} min`
        : size < 2 * day
          ? `${Math.floor(size / hour)} h`
          : `${Math.floor(size / day)} d`;
  return ms > 0 ? `${told} ago` : `in ${told}`;
};

export const bytes = (size: number): string =>
  size < 1_000 ? `${size} B` : `${fine.format(size / 1_000)} kB`;

// Marks that change the order of what follows, and characters without a shape: they could make data look like ours.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu;
const joiner = '\u200d';
const kept = ['\n', '\t', joiner];

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** Text from data, with what cannot be seen written out. Emoji keep their joiners. */
export const visible = (text: string): string =>
  text.replaceAll(unseen, (character) => (kept.includes(character) ? character : escaped(character)));

/** `01a1fc42…536c`: enough to tell one id from another. */
export const shortId = (id: string): string => (id.length <= 18 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`);

/** What a value looks like in one line. */
export const inline = (value: unknown, longest = 120): string => {
  const text = visible(typeof value === 'string' ? value : (JSON.stringify(value) ?? '–'));
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
};

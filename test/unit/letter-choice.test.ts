import { expect, test } from 'vitest';
import { chooseLetters, letterChoice } from '../../lib/platform/letter-choice.ts';

/** Only a cause is looked up. */
const noDatabase = {} as Parameters<typeof chooseLetters>[0];
const letter = (eventId?: string) => ({
  ...{ messageId: 'm', receiptHandle: 'r', body: '', again: false },
  ...(eventId === undefined ? {} : { eventId }),
});

test('without a word, every letter of a subscription is meant', async () => {
  const isMeant = await chooseLetters(noDatabase, 's', {});
  expect([isMeant(letter('a')), isMeant(letter())]).toEqual([true, true]);
});

test('who names events means their letters alone, and none that nobody can name', async () => {
  const isMeant = await chooseLetters(noDatabase, 's', { event_ids: ['a', 'b'] });
  expect([letter('a'), letter('b'), letter('c'), letter()].map(isMeant)).toEqual([true, true, false, false]);
});

test('from one to a thousand events may be named', () => {
  const named = (count: number) =>
    letterChoice.safeParse({ subscription: 's', event_ids: Array.from({ length: count }, () => 'e') })
      .success;
  expect([0, 1, 1_000, 1_001].map(named)).toEqual([false, true, true, false]);
});

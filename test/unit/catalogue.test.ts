// lib/core/domains/catalogue.ts: the domains together.
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createCatalogue } from '../../lib/core/domains/catalogue.ts';
import type { Domain } from '../../lib/core/domains/domain.ts';
import { catalogue } from '../../lib/domains.ts';

const first = catalogue.all[0] as Domain;

describe('the catalogue', () => {
  test('knows who hears of an event, and no one who does not', () => {
    for (const { name, hears } of catalogue.subscribers)
      for (const type of hears) expect(catalogue.subscriptionsOf(type)).toContain(name);
    expect(catalogue.subscriptionsOf('NothingOfTheKind')).toEqual([]);
  });

  test('names what there is to whoever asks for what there is not', () => {
    expect(() => catalogue.subscriber('nobody')).toThrow(/There is no subscription nobody; there are: \w/);
    expect(() => catalogue.requireQueue('nobody')).toThrow(/There is no subscription nobody; there are: \w/);
  });

  test('refuses two domains with one name for two things', () => {
    expect(() => createCatalogue([first, first])).toThrow(/Two domains have the stream/);
  });

  test('refuses a read model whose stream is not in the manifest', () => {
    expect(() => createCatalogue([{ ...first, streams: [] }])).toThrow(/which is not among its streams/);
  });

  test('refuses a projector whose read models are not in the manifest', () => {
    expect(() => createCatalogue([{ ...first, readModels: [] }])).toThrow(
      /which is not among its read models/,
    );
  });
});

test.each(catalogue.all.map(({ name }) => name))('%s goes through the survival tests', (name) => {
  expect(existsSync(`test/support/domains/${name}.ts`), `write test/support/domains/${name}.ts`).toBe(true);
});

import { expect, test } from 'vitest';
import { supplierDecider as decider, type SupplierEvent } from '../../lib/products/supplier.ts';

const given = (...events: SupplierEvent[]) => events.reduce(decider.evolve, decider.initialState);
const created: SupplierEvent = { type: 'SupplierCreated', data: { name: 'Acme' } };
const rename = (name: string) => ({ type: 'RenameSupplier' as const, data: { id: 's', name } });

test('begins with its name', () => {
  expect(decider.decide({ type: 'CreateSupplier', data: { name: 'Acme' } }, given())).toEqual([created]);
});

test('is renamed from the old name to the new', () => {
  const renamed = { type: 'SupplierRenamed', data: { from: 'Acme', to: 'Zenith' } };
  expect(decider.decide(rename('Zenith'), given(created))).toEqual([renamed]);
});

test('changes nothing when renamed to its own name', () => {
  expect(decider.decide(rename('Acme'), given(created))).toEqual([]);
});

test('cannot be renamed before it exists', () => {
  expect(() => decider.decide(rename('Zenith'), given())).toThrow('does not exist');
});

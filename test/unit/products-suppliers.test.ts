import { expect, test } from 'vitest';
import { listProducts } from '../../lib/products/queries.ts';
import { type SupplierEvent, supplierDecider, supplierInputs } from '../../lib/products/supplier.ts';
import { listSuppliers } from '../../lib/products/supplier-queries.ts';
import { endsAt } from '../support/borders.ts';
import { scenarios } from '../support/given.ts';

const { given } = scenarios(supplierDecider);
const created: SupplierEvent = { type: 'SupplierCreated', data: { name: 'Acme' } };
const rename = (name: string) => ({ type: 'RenameSupplier', data: { id: 's', name } }) as const;

test('begins with its name', () => {
  given()
    .when({ type: 'CreateSupplier', data: { name: 'Acme' } })
    .thenEvents(created);
});

test('is renamed from the old name to the new', () => {
  given(created)
    .when(rename('Zenith'))
    .thenEvents({ type: 'SupplierRenamed', data: { from: 'Acme', to: 'Zenith' } });
});

test('changes nothing when renamed to its own name', () => {
  given(created).when(rename('Acme')).thenNothing();
});

test('cannot be renamed before it exists', () => {
  given().when(rename('Zenith')).thenError('not_found');
});

test.each([listSuppliers, listProducts])(
  '$type may be searched for texts of up to 200 characters',
  ({ input }) => {
    expect(endsAt(input, {}, 'q', 200)).toBe(true);
  },
);

test('has a name of up to 255 characters', () => {
  const id = '01900000-0000-7000-8000-000000000000';
  expect(endsAt(supplierInputs.CreateSupplier, {}, 'name', 255)).toBe(true);
  expect(endsAt(supplierInputs.RenameSupplier, { id }, 'name', 255)).toBe(true);
});

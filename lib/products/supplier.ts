// A supplier of products: its events, its commands and its rules. Pure.
import * as z from 'zod';
import type { Decider } from '../core/decider.ts';
import { notFound } from '../core/errors.ts';
import type { EventOf } from '../core/events.ts';

export const supplierEvents = {
  SupplierCreated: { schema_version: 1, data: z.object({ name: z.string() }) },
  SupplierRenamed: { schema_version: 1, data: z.object({ from: z.string(), to: z.string() }) },
};

export type SupplierEvent = EventOf<typeof supplierEvents>;

export type SupplierCommand =
  | { type: 'CreateSupplier'; data: { name: string } }
  | { type: 'RenameSupplier'; data: { id: string; name: string } };

export const supplierState = z.object({ name: z.string() });

export type Supplier = z.infer<typeof supplierState>;

const decide = (command: SupplierCommand, supplier: Supplier | undefined): SupplierEvent[] => {
  if (command.type === 'CreateSupplier') return [{ type: 'SupplierCreated', data: command.data }];
  if (supplier === undefined) throw notFound('Supplier', command.data.id);
  const { name } = command.data;
  return supplier.name === name ? [] : [{ type: 'SupplierRenamed', data: { from: supplier.name, to: name } }];
};

const evolve = (_: Supplier | undefined, event: SupplierEvent): Supplier => {
  switch (event.type) {
    case 'SupplierCreated':
      return { name: event.data.name };
    case 'SupplierRenamed':
      return { name: event.data.to };
  }
};

export const supplierDecider: Decider<SupplierCommand, Supplier | undefined, SupplierEvent> = {
  initialState: undefined,
  decide,
  evolve,
};

// A supplier of products: its events, its commands and its rules. Pure.
import * as z from 'zod';
import type { CommandOf, Decider } from '../core/decider.ts';
import { notFound } from '../core/errors.ts';
import type { EventOf } from '../core/events.ts';
import { requiredText, uuid } from '../core/fields.ts';

export const supplierEvents = {
  SupplierCreated: { schema_version: 1, data: z.object({ name: z.string() }) },
  SupplierRenamed: { schema_version: 1, data: z.object({ from: z.string(), to: z.string() }) },
};

export type SupplierEvent = EventOf<typeof supplierEvents>;

/** What each command needs to be told. */
export const supplierInputs = {
  CreateSupplier: z.strictObject({ name: requiredText(255) }),
  RenameSupplier: z.strictObject({ id: uuid, name: requiredText(255) }),
};

export type SupplierCommand = CommandOf<typeof supplierInputs>;

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

// A view of a product, as a command on its way: who looks at a product waits for no write.
import * as z from 'zod';
import { uuid } from '../platform/fields.ts';
import type { RecordProductView } from './product.ts';

export const viewProductInput = z.strictObject({ id: uuid });

export const productCommandsQueue = 'products-commands';

export const toViewCommand = ({ id }: z.output<typeof viewProductInput>): RecordProductView => ({
  type: 'RecordProductView',
  data: { id, count: 1 },
});

// The domains of this system. A domain that does not stand here has no queues, no indexes, no metrics and no rebuild.
import { createCatalogue } from './core/domains/catalogue.ts';
import { orders } from './orders/domain.ts';
import { products } from './products/domain.ts';
import { records } from './records/domain.ts';
import { tickets } from './tickets/domain.ts';

export const catalogue = createCatalogue([tickets, products, orders, records]);

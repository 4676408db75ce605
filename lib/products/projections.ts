// The read models of products: cards for the list, details, how often they were looked at, and the suppliers whose names
// the first two show.
import type { Db } from 'mongodb';
import type { Projection, ReadDocument } from '../core/projection/projection.ts';
import { projector } from '../core/projection/projector.ts';
import type { ReadModelDefinition, ReferenceDefinition } from '../core/projection/read-model.ts';
import { eventSource } from '../core/projection/sources.ts';
import { wordsIndex } from '../core/search/word-search.ts';
import { wordsOfText } from '../core/search/words.ts';
import { type ProductEvent, productEvents } from './product.ts';
import {
  type ProductViews,
  type ProductViewsEvent,
  productViewsDecider,
  productViewsEvents,
} from './product-views.ts';
import { type Supplier, type SupplierEvent, supplierDecider, supplierEvents } from './supplier.ts';

interface SupplierCopy {
  supplier_id: string;
  supplier_name: string;
  supplier_version: number;
}

export interface CardDocument extends SupplierCopy {
  name: string;
  price_minor: number;
  in_stock: boolean;
  /** Of the name: what the list is searched for. */
  words: string[];
}

export interface DetailDocument extends SupplierCopy {
  name: string;
  description: string;
  price_minor: number;
  stock: number;
  /** Those that the product's own stream has. */
  view_count: number;
}

export interface SupplierDocument extends Supplier {
  /** Of the name: what the list is searched for. */
  words: string[];
}

const notCreated = (streamId: string): Error => new Error(`${streamId} does not begin with ProductCreated`);

const contentOf = <C extends object>(document: C): C => {
  const { _id, version, schema_version, updated_at, ...content } = document as ReadDocument<C>;
  return content as C;
};

export const productCards: Projection<CardDocument, ProductEvent> = {
  name: 'product-cards',
  streamType: 'Product',
  schemaVersion: 2,
  eventTypes: productEvents,
  evolve(document, event) {
    if (event.type === 'ProductCreated') {
      const { name, price_minor, stock, supplier_id, supplier_name, supplier_version } = event.data;
      const supplier = { supplier_id, supplier_name, supplier_version };
      return { name, price_minor, in_stock: stock > 0, ...supplier, words: wordsOfText(name) };
    }
    if (document === undefined) throw notCreated(event.stream_id);
    const card = contentOf(document);
    switch (event.type) {
      case 'StockUpdated':
        return { ...card, in_stock: event.data.to > 0 };
      case 'PriceChanged':
        return { ...card, price_minor: event.data.to_minor };
      case 'ProductViewed':
        return card;
    }
  },
};

export const productDetails: Projection<DetailDocument, ProductEvent> = {
  name: 'product-details',
  streamType: 'Product',
  schemaVersion: 1,
  eventTypes: productEvents,
  evolve(document, event) {
    if (event.type === 'ProductCreated') {
      const { cost_price_minor: _, ...shown } = event.data;
      return { ...shown, view_count: 0 };
    }
    if (document === undefined) throw notCreated(event.stream_id);
    const details = contentOf(document);
    switch (event.type) {
      case 'StockUpdated':
        return { ...details, stock: event.data.to };
      case 'PriceChanged':
        return { ...details, price_minor: event.data.to_minor };
      case 'ProductViewed':
        return { ...details, view_count: details.view_count + event.data.count };
    }
  },
};

export const productViews: Projection<ProductViews, ProductViewsEvent> = {
  name: 'product-views',
  streamType: 'ProductViews',
  schemaVersion: 1,
  eventTypes: productViewsEvents,
  evolve: (document, event) => productViewsDecider.evolve(document, event) ?? { view_count: 0 },
};

export const suppliers: Projection<SupplierDocument, SupplierEvent> = {
  name: 'suppliers',
  streamType: 'Supplier',
  schemaVersion: 2,
  eventTypes: supplierEvents,
  evolve(document, event) {
    const { name } = supplierDecider.evolve(document, event) ?? { name: '' };
    return { name, words: wordsOfText(name) };
  },
};

export const cardsCollection = 'product_cards';
export const detailsCollection = 'product_details';
export const viewCountsCollection = 'product_views';
export const suppliersCollection = 'suppliers';

export const cardDocuments = (readDb: Db) => readDb.collection<ReadDocument<CardDocument>>(cardsCollection);
export const detailDocuments = (readDb: Db) =>
  readDb.collection<ReadDocument<DetailDocument>>(detailsCollection);
export const viewCounts = (readDb: Db) => readDb.collection<ReadDocument<ProductViews>>(viewCountsCollection);
export const supplierDocuments = (readDb: Db) =>
  readDb.collection<ReadDocument<SupplierDocument>>(suppliersCollection);

export const supplierModel: ReadModelDefinition<Projection> = {
  projection: suppliers,
  collection: suppliersCollection,
  source: (writeDb) => eventSource(writeDb, suppliers),
  indexes: [wordsIndex],
};

const toSupplier: ReferenceDefinition = {
  model: supplierModel,
  idField: 'supplier_id',
  versionField: 'supplier_version',
  copy: (document) => ({ supplier_name: (document as ReadDocument<Supplier>).name }),
};

/** Also counts the products of a supplier, without looking at one. */
const bySupplier = { keys: { supplier_id: 1, supplier_version: 1 } } as const;

export const productCardsModel: ReadModelDefinition<Projection> = {
  projection: productCards,
  collection: cardsCollection,
  source: (writeDb) => eventSource(writeDb, productCards),
  indexes: [bySupplier, { keys: { in_stock: 1, _id: -1 } }, wordsIndex],
  references: [toSupplier],
};

export const productDetailsModel: ReadModelDefinition<Projection> = {
  projection: productDetails,
  collection: detailsCollection,
  source: (writeDb) => eventSource(writeDb, productDetails),
  indexes: [bySupplier],
  references: [toSupplier],
};

export const productViewsModel: ReadModelDefinition<Projection> = {
  projection: productViews,
  collection: viewCountsCollection,
  source: (writeDb) => eventSource(writeDb, productViews),
  indexes: [],
};

export const productsProjector = projector('products-projector', [
  supplierModel,
  productCardsModel,
  productDetailsModel,
  productViewsModel,
]);

import { expect } from 'vitest';
import type { Client } from './http.ts';

export const lampBody = { name: 'Lamp', description: 'Bright', price: 19.99, cost_price: 7.53, stock: 50 };

const created = async (http: Client, path: string, body: object): Promise<string> => {
  const answer = await http.post(path, body);
  expect(answer.status, answer.text).toBe(201);
  return String(answer.object()['id']);
};

export const createSupplier = (http: Client, name = 'Acme') => created(http, '/suppliers', { name });

/** A product over HTTP, with a supplier of its own if none is given. */
export const createProduct = async (
  http: Client,
  fields: Partial<typeof lampBody> = {},
  supplier?: string,
): Promise<{ id: string; supplier_id: string }> => {
  const supplier_id = supplier ?? (await createSupplier(http));
  return { id: await created(http, '/products', { ...lampBody, ...fields, supplier_id }), supplier_id };
};

/** The product as its query shows it once it has reached a version. */
export const productAt = async (http: Client, id: string, version: number) =>
  (await http.get(`/products/${id}?expected_version=${version}&timeout_ms=5000`)).object();

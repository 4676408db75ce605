import { expect, test } from 'vitest';
import { createProduct } from '../support/products-http.ts';
import { useOwnSystem } from '../support/system.ts';

const system = useOwnSystem({ env: { PROJECTION_MODE: 'products=inline' } });

test('a product and the name of its supplier are shown without waiting', async () => {
  const { id, supplier_id } = await createProduct(system().http);
  expect((await system().http.get(`/products/${id}`)).object()).toMatchObject({ version: 1 });
  await system().http.patch(`/suppliers/${supplier_id}`, { name: 'Zenith' });
  expect((await system().http.get(`/products/${id}`)).object()).toMatchObject({ supplier_name: 'Zenith' });
  await system().http.patch(`/products/${id}/stock`, { new_stock: 3 });
  expect((await system().http.get(`/products/${id}`)).object()).toMatchObject({ stock: 3, version: 2 });
});

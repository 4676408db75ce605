import { expect } from 'vitest';
import type { Client } from './http.ts';
import { waitFor } from './wait-for.ts';

export interface Written {
  id: string;
  version: number;
}

export const ticketBody = {
  customer_id: 'customer-1',
  subject: 'Printer on fire',
  message: 'It burns since noon.',
};

/** Opens a ticket over HTTP and expects the answer that the contract promises. */
export const openTicket = async (http: Client, fields: Partial<typeof ticketBody> = {}): Promise<Written> => {
  const answer = await http.post('/tickets', { ...ticketBody, ...fields });
  expect(answer.status, answer.text).toBe(201);
  const { id, version } = answer.object();
  return { id: String(id), version: Number(version) };
};

/** Waits until the list shows the ticket at a version, and gives its row. */
export const listed = (http: Client, { id, version }: Written) => {
  return waitFor(`ticket ${id} at version ${version} in the list`, async () => {
    const rows = (await http.get(`/tickets?limit=100&consistent_with=${id}@${version}`)).list();
    return rows.find((row) => row['id'] === id && Number(row['version']) >= version);
  });
};

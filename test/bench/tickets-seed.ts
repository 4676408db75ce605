// Many tickets at once, as documents of the write model, of the read model, and of the baseline.
import type { Db } from 'mongodb';
import { preview } from '../../lib/tickets/projections.ts';
import type { TicketStatus } from '../../lib/tickets/ticket.ts';

const statuses: TicketStatus[] = ['open', 'in_progress', 'resolved', 'closed'];
const atOnce = 5_000;
const message =
  'The printer on the second floor is on fire again, and nobody has found the extinguisher. '.repeat(3);
const epoch = Date.UTC(2026, 0, 1);

export const idOf = (index: number): string =>
  `01900000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;

const ticketOf = (index: number) => ({
  _id: idOf(index),
  customer_id: `customer-${index % 1_000}`,
  subject: `Ticket ${index}`,
  message,
  status: statuses[index % statuses.length] as TicketStatus,
  agent_note: index % 3 === 0 ? 'Called back.' : '',
  version: 1,
  created_at: new Date(epoch + index),
  updated_at: new Date(epoch + index * 10),
});
type Ticket = ReturnType<typeof ticketOf>;

export const toReadDocument = ({
  _id,
  subject,
  status,
  agent_note,
  version,
  updated_at,
  message: text,
}: Ticket) => ({
  subject,
  status,
  preview: preview(text),
  has_note: agent_note !== '',
  _id,
  version,
  schema_version: 1,
  updated_at,
});

export const toBaseline = ({ version: _, created_at: __, ...ticket }: Ticket) => ticket;

/** Adds the tickets from `from` to below `to`. */
export const seed = async (
  db: Db,
  collection: string,
  [from, to]: [number, number],
  shape: (ticket: Ticket) => { _id: string } = (ticket) => ticket,
): Promise<void> => {
  const documents = db.collection<{ _id: string }>(collection);
  for (let start = from; start < to; start += atOnce) {
    const length = Math.min(atOnce, to - start);
    const batch = Array.from({ length }, (_, index) => shape(ticketOf(start + index)));
    await documents.insertMany(batch, { ordered: false, writeConcern: { w: 1, journal: false } });
  }
};

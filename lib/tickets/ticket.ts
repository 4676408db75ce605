// A support ticket: its events, its commands and its rules. Pure.
import * as z from 'zod';
import type { CommandOf, Decider } from '../core/decider.ts';
import { notFound, ruleViolated } from '../core/errors.ts';
import type { EventOf } from '../core/events.ts';
import { optionalText, requiredText, uuid } from '../core/fields.ts';

export const ticketStatus = z.enum(['open', 'in_progress', 'resolved', 'closed']);
export type TicketStatus = z.infer<typeof ticketStatus>;

export const ticketEvents = {
  TicketCreated: {
    schema_version: 1,
    data: z.object({ customer_id: z.string(), subject: z.string(), message: z.string() }),
  },
  TicketStatusChanged: { schema_version: 1, data: z.object({ from: ticketStatus, to: ticketStatus }) },
  TicketNoteReplaced: { schema_version: 1, data: z.object({ note: z.string() }) },
};

export type TicketEvent = EventOf<typeof ticketEvents>;

/** What each command needs to be told. */
export const ticketInputs = {
  CreateTicket: z.strictObject({
    customer_id: requiredText(255),
    subject: requiredText(500),
    message: requiredText(50_000),
  }),
  ChangeTicketStatus: z.strictObject({ id: uuid, new_status: ticketStatus }),
  ReplaceTicketNote: z.strictObject({ id: uuid, note: optionalText(50_000) }),
};

export type TicketCommand = CommandOf<typeof ticketInputs>;

const noteOf = (text: unknown): string | null => (typeof text === 'string' && text !== '' ? text : null);

export const ticketState = {
  schema_version: 2,
  data: z.object({
    customer_id: z.string(),
    subject: z.string(),
    message: z.string(),
    status: ticketStatus,
    /** Null if there is none. */
    agent_note: z.string().nullable(),
  }),
  // The first release kept an empty text if there was none.
  upcasts: {
    1: ({ agent_note, ...rest }: Record<string, unknown>) => ({ ...rest, agent_note: noteOf(agent_note) }),
  },
};

export type Ticket = z.infer<typeof ticketState.data>;

const decide = (command: TicketCommand, ticket: Ticket | undefined): TicketEvent[] => {
  if (command.type === 'CreateTicket') return [{ type: 'TicketCreated', data: command.data }];
  if (ticket === undefined) throw notFound('Ticket', command.data.id);
  switch (command.type) {
    case 'ChangeTicketStatus': {
      const { new_status: to } = command.data;
      if (ticket.status === to) return [];
      if (ticket.status === 'closed') throw ruleViolated('Closed tickets cannot be reopened');
      return [{ type: 'TicketStatusChanged', data: { from: ticket.status, to } }];
    }
    case 'ReplaceTicketNote': {
      const { note } = command.data;
      return ticket.agent_note === noteOf(note) ? [] : [{ type: 'TicketNoteReplaced', data: { note } }];
    }
  }
};

const evolve = (ticket: Ticket | undefined, event: TicketEvent): Ticket | undefined => {
  if (event.type === 'TicketCreated') return { ...event.data, status: 'open', agent_note: null };
  if (ticket === undefined) return undefined;
  switch (event.type) {
    case 'TicketStatusChanged':
      return { ...ticket, status: event.data.to };
    case 'TicketNoteReplaced':
      return { ...ticket, agent_note: noteOf(event.data.note) };
  }
};

export const ticketDecider: Decider<TicketCommand, Ticket | undefined, TicketEvent> = {
  initialState: undefined,
  decide,
  evolve,
};

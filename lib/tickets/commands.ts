// The commands of tickets, each one value, and the bus that handles them on the write database.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import { createCommandBus } from '../core/commands/bus.ts';
import { command } from '../core/commands/command.ts';
import { commandHandler, type HandleCommand, type HandlerOptions } from '../core/commands/handle.ts';
import { ticketStore } from './store.ts';
import { type TicketCommand, type TicketEvent, ticketDecider, ticketInputs } from './ticket.ts';

interface Handlers {
  ticket: HandleCommand<TicketCommand>;
}

export const createTicket = command({
  type: 'CreateTicket',
  summary: 'Open a ticket',
  input: ticketInputs.CreateTicket,
  example: { customer_id: 'c-1', subject: 'Printer', message: 'It burns.' },
  makesNew: true,
  locate: ({ id }) => `/tickets/${id}`,
  handle: (wanted, { ticket }: Handlers, context) =>
    ticket({ id: uuidv7(), command: wanted, isNew: true }, context),
});

export const changeTicketStatus = command({
  type: 'ChangeTicketStatus',
  summary: 'Set the status of a ticket',
  input: ticketInputs.ChangeTicketStatus,
  example: { new_status: 'in_progress' },
  refusals: ['Closed tickets cannot be reopened'],
  handle: (wanted, { ticket }: Handlers, context) => ticket({ id: wanted.data.id, command: wanted }, context),
});

export const replaceTicketNote = command({
  type: 'ReplaceTicketNote',
  summary: "Replace the agent's note of a ticket; an empty note clears it",
  input: ticketInputs.ReplaceTicketNote,
  example: { note: 'called back' },
  handle: (wanted, { ticket }: Handlers, context) => ticket({ id: wanted.data.id, command: wanted }, context),
});

/** The bus of all commands of tickets. */
export const ticketCommands = (db: Db, options?: HandlerOptions<TicketEvent>) =>
  createCommandBus([createTicket, changeTicketStatus, replaceTicketNote], {
    ticket: commandHandler(ticketStore(db), ticketDecider, options),
  });

// The commands of tickets: their input, and the bus that handles them on the write database.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';
import { createCommandBus } from '../core/commands/bus.ts';
import { commandHandler, type HandlerOptions } from '../core/commands/handle.ts';
import { optionalText, requiredText, uuid } from '../platform/fields.ts';
import { ticketStore } from './store.ts';
import { type TicketCommand, type TicketEvent, ticketDecider, ticketStatus } from './ticket.ts';

export const createTicketInput = z.strictObject({
  customer_id: requiredText(255),
  subject: requiredText(500),
  message: requiredText(50_000),
});
export const changeStatusInput = z.strictObject({ id: uuid, new_status: ticketStatus });
export const replaceNoteInput = z.strictObject({ id: uuid, note: optionalText(50_000) });

export const ticketCommands = (db: Db, options?: HandlerOptions<TicketEvent>) => {
  const handle = commandHandler(ticketStore(db), ticketDecider, options);
  return createCommandBus<TicketCommand>({
    CreateTicket: (command, context) => handle({ id: uuidv7(), command, isNew: true }, context),
    ChangeTicketStatus: (command, context) => handle({ id: command.data.id, command }, context),
    ReplaceTicketNote: (command, context) => handle({ id: command.data.id, command }, context),
  });
};

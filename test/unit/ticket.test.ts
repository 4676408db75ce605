import type { Db } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { preview } from '../../lib/tickets/projections.ts';
import { findTicket } from '../../lib/tickets/queries.ts';
import { type TicketEvent, ticketDecider, ticketInputs, ticketState } from '../../lib/tickets/ticket.ts';
import { endsAt } from '../support/borders.ts';
import { scenarios } from '../support/given.ts';

const { given } = scenarios(ticketDecider);
const id = '01900000-0000-7000-8000-000000000000';
const details = { customer_id: 'c-1', subject: 'No sound', message: 'The speaker is silent.' };
const created: TicketEvent = { type: 'TicketCreated', data: details };
const changed = (from: 'open' | 'closed', to: 'open' | 'closed'): TicketEvent => ({
  type: 'TicketStatusChanged',
  data: { from, to },
});

describe('a ticket', () => {
  test('is created with what the customer wrote', () => {
    given().when({ type: 'CreateTicket', data: details }).thenEvents(created);
  });

  test('changes its status and tells from which', () => {
    given(created)
      .when({ type: 'ChangeTicketStatus', data: { id, new_status: 'closed' } })
      .thenEvents(changed('open', 'closed'));
  });

  test('does nothing if the status is what it already is', () => {
    given(created)
      .when({ type: 'ChangeTicketStatus', data: { id, new_status: 'open' } })
      .thenNothing();
    given(created, changed('open', 'closed'))
      .when({ type: 'ChangeTicketStatus', data: { id, new_status: 'closed' } })
      .thenNothing();
  });

  test('is not reopened once closed', () => {
    given(created, changed('open', 'closed'))
      .when({ type: 'ChangeTicketStatus', data: { id, new_status: 'open' } })
      .thenError('rule_violated', 'Closed tickets cannot be reopened');
  });

  test('takes a note when closed too, and the same note once', () => {
    const noted: TicketEvent = { type: 'TicketNoteReplaced', data: { note: 'called back' } };
    given(created, changed('open', 'closed'))
      .when({ type: 'ReplaceTicketNote', data: { id, note: 'called back' } })
      .thenEvents(noted);
    given(created, noted)
      .when({ type: 'ReplaceTicketNote', data: { id, note: 'called back' } })
      .thenNothing();
  });

  test('has no note until there is one, nor after an empty one, also if it was kept by the first release', () => {
    const cleared: TicketEvent = { type: 'TicketNoteReplaced', data: { note: '' } };
    const clear = { type: 'ReplaceTicketNote', data: { id, note: '' } } as const;
    const fresh = ticketDecider.evolve(undefined, created);
    expect(fresh?.agent_note).toBeNull();
    expect(ticketDecider.evolve(fresh, cleared)?.agent_note).toBeNull();
    given(created).when(clear).thenNothing();
    const old = { ...details, status: 'open', agent_note: '' };
    expect(ticketState.upcasts[1](old)).toEqual({ ...old, agent_note: null });
  });

  test('does not exist before it is created', () => {
    given()
      .when({ type: 'ReplaceTicketNote', data: { id, note: 'x' } })
      .thenError('not_found');
    given()
      .when({ type: 'ChangeTicketStatus', data: { id, new_status: 'open' } })
      .thenError('not_found');
  });
});

describe('the preview of a message', () => {
  test('is the whole message if it is short, with white space folded', () => {
    expect(preview('  one\n\ttwo   three ')).toBe('one two three');
    expect(preview('a'.repeat(80))).toBe('a'.repeat(80));
  });

  test('is cut at a word and says so', () => {
    const text = preview(`${'word '.repeat(30)}end`);
    expect(text).toBe(`${'word '.repeat(15)}word…`);
  });

  test('keeps a word that ends at the limit', () => {
    expect(preview(`${'a'.repeat(80)} b`)).toBe(`${'a'.repeat(80)}…`);
    expect(preview(`${'a'.repeat(70)} ${'b'.repeat(9)} c`)).toBe(`${'a'.repeat(70)} ${'b'.repeat(9)}…`);
  });

  test('cuts inside a word that fills the line, but never inside a character', () => {
    expect(preview('🙂'.repeat(100))).toBe(`${'🙂'.repeat(80)}…`);
  });
});

test.each([
  ['CreateTicket', details, 'customer_id', 255, 1],
  ['CreateTicket', details, 'subject', 500, 1],
  ['CreateTicket', details, 'message', 50_000, 1],
  ['ReplaceTicketNote', { id }, 'note', 50_000, 0],
] as const)('%s with %j may have a %s of up to %i characters', (type, valid, field, most, from) => {
  expect(endsAt(ticketInputs[type], valid, field, most, from)).toBe(true);
});

test('details are read as the primary has them, so that an acknowledged change is seen after a fail-over', async () => {
  const asked: unknown[] = [];
  const findOne = async (...given: unknown[]) => {
    asked.push(given);
    return null;
  };
  const db = { collection: () => ({ findOne }) } as object as Db;
  expect(await findTicket(db, id)).toBeUndefined();
  expect(asked).toEqual([[{ _id: id }, { readConcern: { level: 'local' } }]]);
});

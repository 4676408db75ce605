// Many callers at once, each answer kept, to be held against what the database has in the end.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { CommandResult } from '../../lib/core/commands/handle.ts';
import { isAppError } from '../../lib/core/errors.ts';
import { aggregateId, type EventRow } from '../../lib/core/events.ts';
import { waitForVersion } from '../../lib/core/queries/wait-for-version.ts';
import { isProjected } from './open.ts';
import type { Wish } from './test-domain.ts';
import type { World } from './world.ts';

/** What one command met with; `results` has an answer for each time it was sent. */
export interface Sent {
  key: string;
  results: CommandResult[];
  refused: boolean;
}

export interface Reading {
  asked: number;
  got: number;
  stale: boolean;
}

export interface Calls {
  sent: Sent[];
  readings: Reading[];
}

const mayBeRefused = (error: unknown): boolean =>
  isAppError(error, 'rule_violated') || isAppError(error, 'version_conflict');

/** Sends a command up to three times at once, as an impatient client does. */
const sendOften = async (
  { domain, write }: World,
  commands: ReturnType<World['domain']['commands']>,
  wish: Wish,
  id: string | undefined,
  times: number,
): Promise<Sent> => {
  const key = randomUUID();
  const context = {
    commandId: key,
    correlationId: `${domain.name} ${write.databaseName}`,
    idempotencyKey: key,
    requestHash: 'hash',
  };
  const settled = await Promise.allSettled(Array.from({ length: times }, () => commands(wish, id, context)));
  for (const one of settled) if (one.status === 'rejected' && !mayBeRefused(one.reason)) throw one.reason;
  const results = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return { key, results, refused: results.length === 0 };
};

/** `callers` work side by side on the same few aggregates, and read what they wrote at the version they know. */
export const callAtOnce = async (
  world: World,
  { callers, rounds, random }: { callers: number; rounds: number; random: () => number },
): Promise<Calls> => {
  const { domain, write, read } = world;
  const commands = domain.commands(write);
  // Others have no document that comes to each version: a reader would only wait for its time to pass.
  const models = domain.readModels(write, read).filter(isProjected);
  const calls: Calls = { sent: [], readings: [] };
  const ids: string[] = [];
  const pick = (from: number): number => Math.floor(random() * from);
  const draw = (wishes: fc.Arbitrary<Wish>): Wish => {
    const [wish] = fc.sample(wishes, { numRuns: 1, seed: pick(2 ** 31) });
    if (wish === undefined) throw new Error('no sample');
    return wish;
  };
  const readBack = async ({ id, version }: CommandResult): Promise<void> => {
    const find = async () => {
      const found = await Promise.all(models.map(({ collection }) => collection.findOne({ _id: id })));
      return found.find((document) => document !== null) ?? undefined;
    };
    const { found, stale } = await waitForVersion(find, { version, timeoutMs: 5_000 });
    calls.readings.push({ asked: version, got: found?.version ?? 0, stale });
  };
  const call = async (): Promise<void> => {
    const isNew = ids.length < 3 || random() < 0.1;
    const wish = draw(isNew ? domain.create : domain.change);
    const sent = await sendOften(
      world,
      commands,
      wish,
      isNew ? undefined : ids[pick(ids.length)],
      1 + pick(3),
    );
    calls.sent.push(sent);
    const [result] = sent.results;
    if (result === undefined) return;
    if (isNew) ids.push(result.id);
    if (models.length > 0 && random() < 0.4) await readBack(result);
  };
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let round = 0; round < rounds; round += 1) await call();
    }),
  );
  return calls;
};

/** No acknowledged command is lost, none took effect twice, none that was refused took effect at all. */
export const expectHonest = ({ sent, readings }: Calls, rows: EventRow[]): void => {
  const byCommand = Map.groupBy(rows, (row) => row.metadata.command_id);
  for (const { key, results, refused } of sent) {
    const events = byCommand.get(key) ?? [];
    const answers = new Set(results.map(({ id, version }) => `${id}@${version}`));
    expect(answers.size, 'each retry has the same answer').toBe(refused ? 0 : 1);
    const last = events.at(-1);
    if (last === undefined) continue;
    expect(refused, 'what was refused has no effect').toBe(false);
    expect([...answers]).toEqual([`${aggregateId(last.stream_id)}@${last.version}`]);
    expect(new Set(events.map(({ stream_id }) => stream_id)).size).toBe(1);
    expect(results.filter(({ replayed }) => !replayed).length, 'one of them took effect').toBe(1);
  }
  for (const { asked, got, stale } of readings) {
    if (!stale) expect(got, 'a read is never older than asked').toBeGreaterThanOrEqual(asked);
  }
};

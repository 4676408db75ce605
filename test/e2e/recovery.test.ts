import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { runLoad } from '../soak/load.ts';
import { countDrifted } from '../soak/report.ts';
import { drain, measureDrift } from '../soak/settle.ts';
import { judge } from '../soak/verdict.ts';
import { seededRandom } from '../support/random.ts';
import { startSystem, useOwnSystem } from '../support/system.ts';
import { partNames } from '../support/system-parts.ts';
import { waitFor } from '../support/wait-for.ts';

const system = useOwnSystem({ embedded: true });

test.each(partNames)(
  'nothing acknowledged is lost when %s is killed under load, and all goes on by itself',
  {
    timeout: 120_000,
  },
  async (part) => {
    let goesOn = true;
    const before = system().log.length;
    const { http_url, lambda_url, write_db_url } = system().state;
    const load = runLoad({ url: () => http_url, random: seededRandom(7), callers: 6, goesOn: () => goesOn });
    await pause(1_500);
    expect(system().kill9Part(part)).toBe(true);
    await waitFor('the part to be back', () => system().log.slice(before).includes('runs again after'), {
      timeoutMs: 60_000,
    });
    await pause(1_500);
    goesOn = false;
    const ledger = await load;

    expect(ledger).toMatchObject({ unanswered: 0, refused: new Map(), broken: new Map() });
    expect(ledger.acknowledged.length).toBeGreaterThan(0);
    expect(ledger.slowestUnavailableMs).toBeLessThan(5_000);
    expect(await drain(http_url)).toEqual({ deadLetters: 0, parked: 0 });
    expect(await judge(write_db_url, ledger)).toEqual({ lost: [], doubled: [], ghosts: [], torn: [] });
    expect(countDrifted(await measureDrift(lambda_url))).toBe(0);
  },
);

test('the relay lets go of its lease when the system ends', async () => {
  const other = await startSystem();
  const client = await MongoClient.connect(other.state.write_db_url, { directConnection: true });
  const leases = client.db().collection<{ _id: string; expires_at: Date }>('leases');
  const expiresIn = async (): Promise<number> =>
    ((await leases.findOne({ _id: 'relay' }))?.expires_at.getTime() ?? Number.NaN) - Date.now();
  await waitFor('the relay to hold it', async () => (await expiresIn()) > 0);
  await other.stop();
  expect(await expiresIn()).toBeLessThan(0);
  await client.close();
});

// What a function says when what it needs is away, wrong or missing.
import assert from 'node:assert/strict';
import { ask, consumers, ifThere, parameter, recorder, restart, stage, step, taken } from './rehearsal.ts';
import { aws, startBundle } from './stage.ts';

export const meetFaults = async (): Promise<void> => {
  await step('a database that is away is a 503, and a batch that comes again', async () => {
    const nowhere = 'mongodb://127.0.0.1:9/none?replicaSet=none';
    await parameter('write-db-url', nowhere);
    await parameter('read-db-url', nowhere);
    await restart('health', {});
    assert.equal((await ask('health', 'GET /health')).statusCode, 503);
    await ifThere('ticketsCommands', async () => {
      await restart('ticketsCommands', {});
      const body = { customer_id: 'c-1', subject: 'No sound', message: 'Silent.' };
      assert.equal((await ask('ticketsCommands', 'POST /tickets', {}, { body })).statusCode, 503);
    });
    const [{ key = '' } = {}] = consumers;
    const batch = (await restart(key, {})).invoke({ Records: taken.get(key) });
    await assert.rejects(batch, /The database cannot be reached/);
  });
  await step(
    'a function whose parameter is wrong, missing or out of reach does not start, and says so',
    async () => {
      const refused = async (...words: RegExp[]): Promise<void> => {
        const error: unknown = await startBundle(stage, 'relay').catch((reason: unknown) => reason);
        const said = error instanceof Error ? error.message : 'it started';
        for (const word of words) assert.match(said, word);
        assert.doesNotMatch(said, /node_modules|\n {4}at /);
      };
      await parameter('write-db-url', 'nonsense');
      await refused(/WRITE_DB_URL/);
      await aws(stage, 'nobody', ['ssm', 'DeleteParameter'], { Name: '/tandem/rehearsal/write-db-url' });
      await refused(/There is no parameter \/tandem\/rehearsal\/write-db-url: make it/);
      recorder.away.add('parameter/tandem/rehearsal/write-db-url');
      await refused(/Parameter Store cannot be reached/);
      await parameter('write-db-url', 'x');
    },
  );
};

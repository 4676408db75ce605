// Every packaged function of a deployed stage, started and called as Lambda starts and calls it, against the emulated AWS
// and a real mongod. A ticket goes from its command to the list, each right is used, and each fault that the README
// names is met. Usage: functions.ts ACCOUNT BUNDLES, where ACCOUNT is what account.py prints.
import assert from 'node:assert/strict';
import { gatewayKey, pathEndOf } from '../../lib/platform/http/route-key.ts';
import { schedule, take } from './calls.ts';
import { meetFaults } from './faults.ts';
import {
  ask,
  bundle,
  consumers,
  deliver,
  endAll,
  failForGood,
  functions,
  ifThere,
  keys,
  mongod,
  operator,
  parameter,
  prefix,
  publish,
  recorder,
  restart,
  routesOf,
  settled,
  stage,
  step,
  token,
  write,
} from './rehearsal.ts';
import { ids, writeOnce } from './samples.ts';
import { faultsOfRights } from './stage.ts';

await parameter('write-db-url', mongod.url('rehearsal_write'));
await parameter('read-db-url', mongod.url('rehearsal_read'));
await parameter('ops-token', token);

try {
  await step('indexes are made, as the page says', async () => {
    await (await bundle('ensureIndexes')).invoke({});
  });
  await step('commands of every domain are accepted', writeOnce);
  await step('the relay publishes, and projectors take what it sent', async () => {
    await publish();
    await deliver();
  });
  await step('a ticket stands in the list', () =>
    ifThere('ticketsQueries', async () => {
      const query = { consistent_with: `${ids.get('ticket')}@1` };
      const { body } = await ask('ticketsQueries', 'GET /tickets', {}, { query });
      assert.equal(JSON.parse(body)[0]?.id, ids.get('ticket'));
    }),
  );
  await step('every route answers, with and without a token', async () => {
    for (const key of keys)
      for (const route of routesOf(key))
        for (const headers of [{}, operator]) {
          const body = /^(POST|PATCH)/.test(route) ? { body: {} } : {};
          const operators = [functions[key]?.['operators'] ?? []].flat().map(String);
          const closed = operators.find((one) => gatewayKey(one) === route);
          const { parameter: rest = '', end = '' } = pathEndOf(closed ?? route) ?? {};
          const { statusCode } = await ask(key, route, { [rest]: `x${end}` }, { headers, ...body });
          assert.ok(statusCode >= 200 && statusCode < 500, `${route}: ${statusCode}`);
          assert.equal(
            statusCode === 401,
            closed !== undefined && headers !== operator,
            `${route}: ${statusCode}`,
          );
        }
  });
  await step('reads that count are queued, and handled', async () => {
    await ifThere('recordsQueries', async () => {
      const { statusCode } = await ask('recordsQueries', 'GET /read/{key+}', { key: 'a' });
      assert.equal(statusCode, 200);
    });
    await deliver();
  });
  await step('a relay whose time is up while a queue is away calls the next', async () => {
    const [{ queue = '' } = {}] = consumers;
    recorder.away.add(prefix + queue);
    await writeOnce();
    await publish();
    recorder.away.clear();
    await publish();
  });
  await step('reconcile sends again what it cannot apply by itself', async () => {
    for (const { queue, key } of consumers) await take(stage, queue, key);
    await write.collection('events').updateMany({}, { $set: { schema_version: 99 } });
    await (await restart('reconcile', settled)).invoke(schedule);
    await write.collection('events').updateMany({}, { $set: { schema_version: 1 } });
  });
  await step('dead letters go back, or end', async () => {
    await restart('redrive', settled);
    await restart('discard', settled);
    const reason = 'rehearsed';
    for (const { key, queue: subscription } of consumers) {
      const ofNobody = { subscription, event_ids: ['of nobody'] };
      await failForGood(key, subscription);
      await (await bundle('redrive')).invoke(ofNobody);
      await (await bundle('redrive')).invoke({ subscription });
      await failForGood(key, subscription);
      await (await bundle('discard')).invoke({ ...ofNobody, reason });
      await (await bundle('discard')).invoke({ subscription, reason });
      await failForGood(key, subscription);
    }
    await (await bundle('reconcile')).invoke(schedule);
    await write.collection('events').updateOne({}, { $set: { parked_at: new Date() } });
    await (await bundle('redrive')).invoke({ subscription: 'relay' });
  });
  await step('a rebuild and a replay go on with another call when their time is up', async () => {
    await ifThere('ticketsCommands', async () => {
      const tickets = write.collection<{ _id: string }>('tickets');
      const one = await tickets.findOne();
      const others = Array.from({ length: 2_500 }, () => ({ ...one, _id: crypto.randomUUID() }));
      await tickets.insertMany(others);
    });
    await (await bundle('rebuild')).invoke({}, 900);
    const { sent = '' } = recorder.used.findLast(({ caller }) => caller === `${prefix}rebuild`) ?? {};
    assert.match(sent, /"from":"\w/);
    await (await bundle('rebuild')).invoke({});
    const { queue = '' } = consumers[0] ?? {};
    await (await bundle('replay')).invoke({ subscription: queue }, 900);
  });
  await step('one aggregate is mended; a rebuild can be stopped, and nothing else', async () => {
    const event = await write.collection('events').findOne();
    const answer = await (await bundle('mend')).invoke({ stream_id: event?.['stream_id'] });
    const { action_id } = answer as { action_id: string };
    await assert.rejects((await bundle('stop')).invoke({ action_id }), /no such action/);
  });
  await step('operators start what takes long', async () => {
    const { queue = '' } = consumers[0] ?? {};
    const asked: [string, object][] = [
      ['POST /ops/redrive', { subscription: queue }],
      ['POST /ops/discard', { subscription: queue, reason: 'rehearsed' }],
      ['POST /ops/rebuilds', {}],
      ['POST /ops/replays', { subscription: queue }],
      ['POST /ops/reconcile', {}],
    ];
    for (const [route, body] of asked) {
      const answer = await ask('opsActions', route, {}, { body, headers: operator });
      assert.equal(answer.statusCode, 202, `${route}: ${answer.body}`);
    }
  });
  const faults = faultsOfRights(stage, recorder.used);
  assert.deepEqual(faults, [], faults.join('\n'));
  console.log(`  ${keys.length} roles allow what was used, and nothing else`);
  await meetFaults();
} finally {
  await endAll();
}

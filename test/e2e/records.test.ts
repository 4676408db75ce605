import { describe, expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

const system = useSystem();
const http = () => system().http;

const write = (key: string, value: string, headers: Record<string, string> = {}) =>
  http().post('/write', { key, value }, headers);
const read = async (key: string, version = 0) =>
  (await http().get(`/read/${encodeURIComponent(key)}?expected_version=${version}&timeout_ms=5000`)).object();

const oddKeys = [
  '$gt',
  '$where',
  'a.b',
  '__proto__',
  'constructor',
  'x/y/z',
  '/a',
  'a/',
  'a//b',
  ' a b ',
  '😀',
  'é',
];
const urlKeys = ['100%', '%2F', 'a+b', 'a?b#c', 'a&b=c', '..x', ';', '\'"`', '<b>', '{key}', 'k'.repeat(255)];

test('a key with slashes takes one method, and says which', async () => {
  const answer = await http().post('/read/a/b');
  expect([answer.status, answer.header('allow')]).toEqual([405, 'GET']);
});

describe('a record', () => {
  test('is written and read by its key', async () => {
    const answer = await write('first', 'one');
    expect([answer.status, answer.object()]).toEqual([
      201,
      { id: 'first', key: 'first', version: 1, command_id: expect.any(String) },
    ]);
    expect(answer.header('location')).toBe('/read/first');
    const instant = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(await read('first', 1)).toEqual({
      key: 'first',
      value: 'one',
      created_at: instant,
      updated_at: instant,
      read_count: 0,
      write_count: 1,
      version: 1,
    });
  });

  test.each([...oddKeys, ...urlKeys])('comes back under the key «%s»', async (key) => {
    expect((await write(key, `of ${key}`)).status).toBe(201);
    expect(await read(key, 1)).toMatchObject({ key, value: `of ${key}`, version: 1 });
  });

  test('may be empty, and up to 64 KiB of bytes', async () => {
    expect((await write('empty', '')).status).toBe(201);
    expect((await read('empty', 1))['value']).toBe('');
    const value = 'ü'.repeat(32 * 1024);
    expect((await write('large', value)).status).toBe(201);
    expect((await read('large', 1))['value']).toBe(value);
    expectProblem(await write('large', `${value}x`), 400);
  });

  test('is not there before it is written', async () => {
    expectProblem(await http().get('/read/nobody'), 404);
    expectProblem(await http().get('/read/'), [400, 404]);
  });

  test('is written at the version that the caller read, which reads do not move', async () => {
    await write('guarded', 'a');
    const first = await read('guarded', 1);
    await waitFor('the read to be counted', async () => Number((await read('guarded'))['read_count']) > 0);
    expect((await read('guarded'))['version']).toBe(first['version']);
    expect((await write('guarded', 'b', { 'if-match': '"1"' })).object()['version']).toBe(2);
    expectProblem(await write('guarded', 'c', { 'if-match': '"1"' }), 412);
  });

  test('is written once for one key of idempotency', async () => {
    const key = { 'idempotency-key': 'write-once' };
    const [one, other] = await Promise.all([write('once', 'v', key), write('once', 'v', key)]);
    expect(one?.object()).toEqual(other?.object());
    expectProblem(await write('once', 'another', key), 422);
    expect(await read('once', 1)).toMatchObject({ write_count: 1, version: 1 });
  });
});

describe('a hot key', () => {
  test('loses no write of 200 at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => write('hot', `value ${index}`)),
    );
    const values = new Map<number, string>();
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 201) values.set(Number(answer.object()['version']), `value ${index}`);
      else expectProblem(answer, 409);
    }
    const count = values.size;
    expect([...values.keys()].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, n) => n + 1),
    );
    expect(await read('hot', count)).toMatchObject({
      write_count: count,
      version: count,
      value: values.get(count),
    });
  });

  test('counts every read, and keeps the counts through a rebuild', async () => {
    await write('popular', 'v');
    await waitFor('the record', async () => (await http().get('/read/popular')).status === 200);
    const before = await waitFor('the counts to settle', async () => {
      const commands = await system()
        .write.collection('commands')
        .countDocuments({ 'data.key': 'popular', type: 'RecordRead' });
      const document = await system()
        .read.collection('record_read_views')
        .findOne({ _id: 'popular' as never });
      return document?.['read_count'] === commands && commands > 0 ? commands : undefined;
    });
    await Promise.all(Array.from({ length: 40 }, () => http().get('/read/popular')));
    const counted = () =>
      system()
        .read.collection('record_read_views')
        .findOne({ _id: 'popular' as never });
    await waitFor('40 reads to be counted', async () => (await counted())?.['read_count'] === before + 40);
    await system().read.collection('record_read_views').deleteMany({});
    await system().invoke('rebuild', { projection: 'record-reads' });
    await system().invoke('rebuild', { projection: 'records' });
    expect((await counted())?.['read_count']).toBe(before + 40);
  });
});

test('HEAD has no route, as on AWS, and is no read that counts', async () => {
  await system().http.post('/write', { key: 'looked-at', value: 'v' });
  const { http } = system();
  await http.get('/read/looked-at?expected_version=1&timeout_ms=5000');
  const answer = await http.call('HEAD', '/read/looked-at');
  expect([404, 405]).toContain(answer.status);
  expect(answer.text).toBe('');
  const queue = await system().queue('records-commands');
  await expect.poll(() => queue.depth(), { timeout: 10_000 }).toBe(0);
  const counted = async () =>
    (
      await system()
        .read.collection<{ _id: string; read_count: number }>('record_read_views')
        .findOne({ _id: 'looked-at' })
    )?.read_count;
  await expect.poll(counted, { timeout: 10_000 }).toBe(1);
});

test('stats tell of commands, records, reads and writes, of the backlog and the lag', async () => {
  const stats = (await http().get('/stats')).object();
  expect(stats).toEqual({
    commands: Number(stats['reads']) + Number(stats['writes']),
    records: expect.any(Number),
    reads: expect.any(Number),
    writes: expect.any(Number),
    backlog: { pending: expect.any(Number), oldest_pending_ms: expect.any(Number), parked: 0 },
    lag: expect.objectContaining({ p99_ms: expect.any(Number) }),
  });
  expect(Number(stats['writes'])).toBeGreaterThan(Number(stats['records']));
});

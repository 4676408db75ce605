// The whole chain at its limit: the highest rate of commands at which every event is visible within READ_LAG_MS at p99,
// with all stages on this machine's cores; then twice that rate. Beside it the bare calls, and the peer.

import { MongoClient } from 'mongodb';
import { catalogue } from '../../../lib/domains.ts';
import { startContender, type Trial } from '../chain/contender.ts';
import { findHighest, isHeld } from '../chain/highest.ts';
import { domainNames, type Setting } from '../chain/setting.ts';
import { faultsOf } from '../chain/whole.ts';
import { type Bench, options, type Part } from '../context.ts';
import { emmettIsThere } from '../peer/emmett.ts';
import { benchClient, makeQueue } from '../queues.ts';
import { latency, perSecond, type Row } from '../report.ts';

type Own = Omit<Setting, 'stage'>;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Databases and queues of its own. */
const prepare = async ({ order }: Bench, contender: Setting['contender'], domain: Setting['domain']) => {
  const urlOf = (kind: 'write' | 'read'): string => {
    const url = new URL(kind === 'write' ? order.writeUrl : order.readUrl);
    url.pathname = `/bench_chain_${contender}_${domain}_${kind}`;
    return url.href;
  };
  const setting: Own = {
    contender,
    domain,
    writeUrl: urlOf('write'),
    readUrl: urlOf('read'),
    sqsEndpoint: order.sqsEndpoint,
  };
  const client = await MongoClient.connect(setting.writeUrl, options);
  const dbs = [client.db(), client.db(new URL(setting.readUrl).pathname.slice(1))] as const;
  if (contender === 'ours') {
    await catalogue.ensureIndexes(...dbs);
    const sqs = benchClient(setting.sqsEndpoint);
    for (const name of catalogue.queueNames) await makeQueue(sqs, `${process.env['QUEUE_PREFIX']}-${name}`);
  }
  const end = async (): Promise<void> => {
    for (const db of dbs) await db.dropDatabase();
    await client.close();
  };
  return { setting, end };
};

const shares = (cpu: Record<string, number>): string =>
  Object.entries(cpu)
    .map(([stage, share]) => `${stage} ${Math.round(share * 100)} %`)
    .join(', ');

const sizes = (rssMb: Record<string, number>): string =>
  Object.entries(rssMb)
    .map(([stage, mb]) => `${stage} ${Math.round(mb)}`)
    .join(', ');

interface Found {
  held: Trial;
  overload?: Trial;
  faults: string[];
}

const measure = async (bench: Bench, contender: Setting['contender'], domain: Setting['domain']) => {
  const { seconds } = bench.order;
  const { setting, end } = await prepare(bench, contender, domain);
  log(`${domain}, ${contender}`);
  const running = await startContender(setting);
  try {
    const held = await findHighest(running, seconds, log);
    if (contender !== 'ours') return { held, faults: [] };
    const overload = await running.run(2 * held.perSecond, seconds);
    const faults = await faultsOf(setting, running.answered());
    for (const fault of faults) log(`  ${fault}`);
    return { held, overload, faults };
  } finally {
    await running.stop();
    await end();
  }
};

const overloadRow = (domain: string, { held, overload, faults }: Found, seconds: number): Row => {
  const { answers, drainMs } = overload ?? held;
  const refused = Object.entries(answers.refused).map(([status, many]) => `${many} × ${status}`);
  return {
    what: `${domain}, twice that rate for ${seconds} s`,
    measured: `${answers.taken} of ${answers.sent} taken (${refused.join(', ') || 'none refused'}), answered ${latency(answers)}; drained in ${(drainMs / 1_000).toFixed(1)} s`,
    against:
      faults.length === 0
        ? 'nothing lost or doubled: each read document is what a replay gives'
        : faults.join('; '),
    reach: 'nothing lost or doubled; answers p99 ≤ 2 s',
    reached: faults.length === 0 && answers.p99Ms <= 2_000,
    figures: { overload, faults },
  };
};

export const run: Part = async (bench) => {
  const rows: Row[] = [];
  const { seconds } = bench.order;
  const peer = emmettIsThere() ? await measure(bench, 'peer', 'tickets') : undefined;
  const there = new Set(catalogue.all.map(({ name }) => name));
  for (const domain of domainNames.filter((name) => there.has(name))) {
    const floor = await measure(bench, 'floor', domain);
    const ours = await measure(bench, 'ours', domain);
    const { held } = ours;
    const measured = `${perSecond(held)}, visible ${latency(held.lags)}, commands ${latency(held.answers)}; of one core: ${shares(held.cpu)}; MB: ${sizes(held.rssMb)}`;
    const row = (against: string, other: Trial, mark: number): Row => {
      const ratio = held.perSecond / other.perSecond;
      return {
        what: `${domain}: commands a second, all visible within 500 ms (p99), held for ${seconds} s`,
        measured,
        against: `${against} ${perSecond(other)}, visible ${latency(other.lags)}; ${shares(other.cpu)}`,
        ratio,
        // What holds no rate at all tells of the machine.
        noise: isHeld(other) ? undefined : 1,
        reach: `≥ ${mark}`,
        reached: isHeld(held) && ratio >= mark,
        figures: { held, other },
      };
    };
    rows.push(row('bare calls', floor.held, 0.6));
    if (peer !== undefined)
      rows.push({ ...row('emmett-mongodb, one projection', peer.held, 2), measured: perSecond(held) });
    rows.push(overloadRow(domain, ours, seconds));
  }
  return rows;
};

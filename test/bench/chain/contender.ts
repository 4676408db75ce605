// A contender with all its processes at work, as the bench sees it: it sends at a rate, and tells what came of it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { usedByServers } from './servers.ts';
import { type Setting, subscribersOf } from './setting.ts';

const answersSchema = z.object({
  sent: z.number(),
  taken: z.number(),
  refused: z.record(z.string(), z.number()),
  p50Ms: z.number(),
  p99Ms: z.number(),
});
const lagsSchema = z.object({
  deliveries: z.number(),
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});
const takenSchema = z.object({
  cpuMs: z.number(),
  rssMb: z.number(),
  total: z.number(),
  lags: lagsSchema.optional(),
});

/** What a rate was answered with. */
export interface Trial {
  perSecond: number;
  answers: z.output<typeof answersSchema>;
  lags: { p50Ms: number; p99Ms: number };
  /** From the last command until its effects were visible. */
  drainMs: number;
  /** Parts of one core, by stage. */
  cpu: Record<string, number>;
  rssMb: Record<string, number>;
}

const program = new URL('./process.ts', import.meta.url);
/** What has not come when nothing has come for so long never comes: of ours that is an error, others promise nothing. */
const quietMs = { ours: 120_000, floor: 2_000, peer: 2_000 };

const ask = async <S extends z.ZodType>(
  child: ChildProcess,
  question: object,
  schema: S,
): Promise<z.output<S>> => {
  child.send(question);
  const [answer] = await once(child, 'message');
  return schema.parse(answer);
};

const start = async (setting: Setting): Promise<ChildProcess> => {
  const env = { ...process.env, WRITE_DB_URL: setting.writeUrl, READ_DB_URL: setting.readUrl };
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  const child = fork(program, [JSON.stringify(setting)], { env, stdio: [...stdio] });
  await once(child, 'message');
  return child;
};

export const startContender = async (setting: Omit<Setting, 'stage'>) => {
  const { stages }: { stages: Record<string, unknown> } = await import(`./${setting.contender}.ts`);
  const children = new Map<string, ChildProcess>();
  for (const stage of Object.keys(stages)) children.set(stage, await start({ ...setting, stage }));
  const child = (stage: string): ChildProcess => {
    const found = children.get(stage);
    if (found === undefined) throw new Error(`${setting.contender} has no ${stage}`);
    return found;
  };
  const takeAll = async () => {
    const taken = new Map<string, z.output<typeof takenSchema>>();
    for (const [stage, one] of children) taken.set(stage, await ask(one, { ask: 'take' }, takenSchema));
    return taken;
  };
  const deliveries = setting.contender === 'peer' ? 1 : subscribersOf[setting.domain];
  let expected = (await takeAll()).get('subscribers')?.total ?? 0;

  /** Waits until as many deliveries were made as there were commands, or nothing has come for a while. */
  const drained = async (): Promise<number> => {
    const started = performance.now();
    let last = { total: -1, at: started };
    for (;;) {
      const { total } = await ask(child('subscribers'), { ask: 'total' }, takenSchema.pick({ total: true }));
      if (total !== last.total) last = { total, at: performance.now() };
      if (total >= expected) return last.at - started;
      if (performance.now() - last.at > quietMs[setting.contender]) {
        if (setting.contender === 'ours') throw new Error(`${expected - total} events never came`);
        expected = total;
      }
      await wait(20);
    }
  };

  let answered = 0;
  return {
    /** Commands that were answered with success so far. */
    answered: (): number => answered,

    async run(perSecond: number, seconds: number): Promise<Trial> {
      await takeAll();
      const before = usedByServers();
      const started = performance.now();
      const answers = await ask(child('commands'), { ask: 'run', perSecond, seconds }, answersSchema);
      const ms = performance.now() - started;
      const after = usedByServers();
      const taken = await takeAll();
      answered += answers.taken;
      expected += answers.taken * deliveries;
      const drainMs = await drained();
      const lags = taken.get('subscribers')?.lags;
      const servers = Object.entries(after).map(
        ([name, { cpuMs }]) => [name, cpuMs - (before[name]?.cpuMs ?? 0)] as const,
      );
      const cpuMs = [...[...taken].map(([stage, { cpuMs }]) => [stage, cpuMs] as const), ...servers];
      return {
        perSecond,
        answers,
        lags: { p50Ms: lags?.p50Ms ?? 0, p99Ms: lags?.p99Ms ?? Number.POSITIVE_INFINITY },
        drainMs,
        cpu: Object.fromEntries(cpuMs.map(([name, used]) => [name, used / ms])),
        rssMb: Object.fromEntries([
          ...[...taken].map(([stage, { rssMb }]) => [stage, rssMb] as const),
          ...Object.entries(after).map(([name, { rssMb }]) => [name, rssMb] as const),
        ]),
      };
    },

    async stop(): Promise<void> {
      await Promise.all(
        [...children.values()].map(async (one) => {
          const ended = once(one, 'exit');
          one.kill('SIGKILL');
          await ended;
        }),
      );
    },
  };
};

export type Contender = Awaited<ReturnType<typeof startContender>>;

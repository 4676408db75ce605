// One stage of one contender, in a process of its own, so that its processor time and memory are its own.
import * as z from 'zod';
import { sendAt } from './load.ts';
import { type OpenStage, settingSchema } from './setting.ts';

const questions = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('run'), perSecond: z.number(), seconds: z.number() }),
  z.object({ ask: z.literal('take') }),
  z.object({ ask: z.literal('total') }),
]);

const setting = settingSchema.parse(JSON.parse(process.argv[2] ?? ''));
const { stages }: { stages: Record<string, OpenStage> } = await import(`./${setting.contender}.ts`);
const open = stages[setting.stage];
if (open === undefined) throw new Error(`There is no stage ${setting.stage}`);
const { send, take, total } = await open(setting);

let used = process.cpuUsage();

const answer = async (question: z.output<typeof questions>): Promise<object> => {
  if (question.ask === 'run') {
    if (send === undefined) throw new Error(`${setting.stage} sends nothing`);
    return sendAt(question.perSecond, question.seconds, send);
  }
  if (question.ask === 'total') return { total: total?.() ?? 0 };
  const { user, system } = process.cpuUsage(used);
  used = process.cpuUsage();
  return {
    cpuMs: (user + system) / 1_000,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    total: total?.() ?? 0,
    lags: take?.(),
  };
};

process.on('message', (message) => {
  answer(questions.parse(message)).then(
    (given) => process.send?.(given),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit());
process.send?.('ready');

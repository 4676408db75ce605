// One part of the bench in a process of its own, so that none is slowed down by what another has left behind.
import type { Part } from './context.ts';
import { openBench, orderSchema } from './context.ts';

const order = orderSchema.parse(JSON.parse(process.argv[2] ?? ''));
Object.assign(process.env, {
  WRITE_DB_URL: order.writeUrl,
  READ_DB_URL: order.readUrl,
  SQS_ENDPOINT: order.sqsEndpoint,
  QUEUE_PREFIX: `bench-${order.part}`,
  DB_POOL_MAX_SIZE: '40',
});
const bench = await openBench(order);
try {
  const { run }: { run: Part } = await import(`./parts/${order.part}.ts`);
  const rows = await run(bench);
  process.send?.(rows);
} finally {
  await bench.close();
}
process.exit(0);

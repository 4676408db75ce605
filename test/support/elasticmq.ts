// A real ElasticMQ from Maven Central (Java 17 and mvn), in memory: the tests' second opinion on what
// an SQS server does.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Log, messageOf, quiet, SetupError } from '../../lib/local/log.ts';
import { userCache } from '../../lib/local/mongod-binary.ts';
import { freePort } from '../../lib/local/ports.ts';
import { endChild, endOf, run } from '../../lib/local/processes.ts';
import type { QueueServer, QueueServerOptions } from '../../lib/local/queue-server.ts';
import { checkQueues } from '../../lib/local/reachable.ts';

const version = '1.7.1';
const readyWithinMs = 60_000;
const watcherProgram = fileURLToPath(new URL('./end-with-parent.ts', import.meta.url));

const pomFile = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tandem</groupId>
  <artifactId>elasticmq</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.elasticmq</groupId>
      <artifactId>elasticmq-server_2.13</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;

const logging = `<configuration><root level="OFF"/></configuration>
`;

const configuration = (port: number): string => `
include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
`;

const isWhole = async (jars: string): Promise<boolean> => {
  try {
    return (await readdir(jars)).some((name) => name.startsWith('elasticmq-server'));
  } catch {
    return false;
  }
};

/** The directory of ElasticMQ's jars, fetched once for each user. */
const findJars = async (log: Log): Promise<string> => {
  const jars = join(userCache(), `elasticmq-${version}`);
  if (await isWhole(jars)) return jars;
  log('queues: fetching ElasticMQ from Maven Central (once)');
  await mkdir(userCache(), { recursive: true });
  const scratch = await mkdtemp(join(userCache(), 'elasticmq-'));
  try {
    const pom = join(scratch, 'pom.xml');
    await writeFile(pom, pomFile);
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars'];
    await run('mvn', ['-q', '-B', '-f', pom, ...goal], { cwd: scratch, timeout: 600_000 });
    // Another process may have been faster: its directory is as good.
    await rename(join(scratch, 'jars'), jars).catch(() => undefined);
    if (!(await isWhole(jars))) throw new Error('mvn left no jars');
    return jars;
  } catch (error) {
    throw new SetupError(`ElasticMQ needs Java 17 and mvn (${messageOf(error).split('\n')[0]}).`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const untilReady = async (child: ChildProcess, endpoint: string, region: string): Promise<void> => {
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('exit', () => (ended = true));
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    try {
      return await checkQueues(endpoint, region);
    } catch {
      if (ended) throw new SetupError('ElasticMQ did not start: it needs Java 17.');
      if (Date.now() > deadline) throw new SetupError(`ElasticMQ did not answer on ${endpoint}.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};

/** Starts ElasticMQ, on a free port if none is given; it keeps nothing. Throws a SetupError without Java or mvn. */
export const startElasticMq = async ({
  log = quiet,
  region = 'eu-central-1',
  port: wanted,
}: QueueServerOptions & { port?: number } = {}): Promise<QueueServer & { version: string }> => {
  const jars = await findJars(log);
  const port = wanted ?? (await freePort());
  const home = await mkdtemp(join(tmpdir(), 'tandem-elasticmq-'));
  await writeFile(join(home, 'elasticmq.conf'), configuration(port));
  await writeFile(join(home, 'logback.xml'), logging);
  const child = spawn(
    'java',
    [
      `-Dconfig.file=${join(home, 'elasticmq.conf')}`,
      `-Dlogback.configurationFile=${join(home, 'logback.xml')}`,
      '-cp',
      join(jars, '*'),
      'org.elasticmq.server.Main',
    ],
    { stdio: 'ignore', detached: true },
  );
  const watcher = fork(watcherProgram, [String(child.pid ?? 0)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  for (const one of [child, watcher]) one.unref();
  watcher.channel?.unref();
  const stop = async (): Promise<void> => {
    watcher.kill();
    await endChild(child, 5000);
    await rm(home, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await untilReady(child, endpoint, region);
  } catch (error) {
    await stop();
    throw error;
  }
  log(`queues: ElasticMQ ${version} on port ${port}`);
  return { endpoint, version, ended: endOf(child), stop };
};

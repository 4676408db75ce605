// The operators' console as a person sees it: one system and one browser, a part for each page.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { type QueueServer, startQueueServer } from '../../lib/local/queue-server.ts';
import { httpClient } from '../support/http.ts';
import { type System, startSystem } from '../support/system.ts';
import { useBrowser } from '../support/use-browser.ts';
import { aggregatePage } from './pages/aggregate.ts';
import { everyPage } from './pages/every-page.ts';
import { flowPage } from './pages/flow.ts';
import { hostileData } from './pages/hostile-data.ts';
import { lettersPage } from './pages/letters.ts';
import { logPage } from './pages/log.ts';
import { modelsPage } from './pages/models.ts';
import { tokenForm } from './pages/token.ts';
import type { Stage } from './stage.ts';

const token = 'a-token-for-operators';
let system: System | undefined;
let queues: QueueServer | undefined;
let queueData = '';

const startQueues = async (stays: boolean): Promise<QueueServer> => {
  queues = await startQueueServer({ dataDir: queueData, stays });
  return queues;
};

beforeAll(async () => {
  queueData = mkdtempSync(join(inject('runDir'), 'console-queues-'));
  const { endpoint } = await startQueues(false);
  // Not quiet: messages are made to fail here.
  system = await startSystem({
    env: { OPS_TOKEN: token, MAX_ATTEMPTS: '2', SQS_ENDPOINT: endpoint },
    quiet: false,
  });
});
afterAll(async () => {
  await system?.stop();
  await queues?.stop();
});

const started = (): System => {
  if (system === undefined) throw new Error('the system is there from beforeAll on');
  return system;
};

const stage: Stage = {
  token,
  system: started,
  open: useBrowser(() => started().state.http_url, token),
  operators: () => {
    const client = httpClient(started().state.http_url);
    const authorization = `Bearer ${token}`;
    return { ...client, get: (path) => client.get(path, { authorization }) };
  },
  stopQueues: async () => queues?.stop(),
  startQueues: async () => {
    await startQueues(true);
  },
};

describe('the token', () => tokenForm(stage));
describe('the log', () => logPage(stage));
describe('an aggregate', () => aggregatePage(stage));
describe('dead letters', () => lettersPage(stage));
describe('hostile data', () => hostileData(stage));
describe('every page', () => everyPage(stage));
describe('read models', () => modelsPage(stage));
describe('the flow', () => flowPage(stage));

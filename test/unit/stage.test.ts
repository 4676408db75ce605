import { expect, test } from 'vitest';
import { paramsOf, refuseOtherFlags, stageEnvironment } from '../../lib/deploy/stage.ts';
import { machineSettings } from '../../lib/platform/settings.ts';

const params = { default: { requestsPerSecond: 500, READ_LAG_MS: 400 }, prod: { READ_LAG_MS: 300 } };
const tables = [machineSettings];
const settings = (shell: NodeJS.ProcessEnv, stage = 'prod') =>
  stageEnvironment(tables, shell, paramsOf(params, stage), stage);

test('a stage has its own settings, and those of all stages', () => {
  expect(settings({})).toEqual({ READ_LAG_MS: '300' });
  expect(settings({}, 'test')).toEqual({ READ_LAG_MS: '400' });
});

test('a deploy from a shell that has other settings is refused in one sentence, not half obeyed', () => {
  expect(settings({ READ_LAG_MS: '300', MAX_ATTEMPTS: '5' })).toEqual({ READ_LAG_MS: '300' });
  expect(() => settings({ READ_LAG_MS: '99' })).toThrow(
    'READ_LAG_MS says 99, and serverless.yml says 300 for the stage prod',
  );
  expect(() => settings({ MAX_ATTEMPTS: '7' })).toThrow('MAX_ATTEMPTS says 7, and serverless.yml says 5');
});

test('addresses and secrets of the shell are neither deployed nor minded', () => {
  expect(settings({ WRITE_DB_URL: 'mongodb://secret', SQS_ENDPOINT: 'http://here', HTTP_PORT: '1' })).toEqual(
    {
      READ_LAG_MS: '300',
    },
  );
});

test('a flag that the next deploy would not know of is refused', () => {
  const prod = paramsOf(params, 'prod');
  const given = (flag: string, command = 'deploy') => refuseOtherFlags([flag], prod, 'prod', command);
  expect(() => given('requestsPerSecond=500')).not.toThrow();
  expect(() => given('requestsPerSecond=9')).toThrow('under params');
  expect(() => given('jwtIssuer=https://issuer.example')).toThrow('says nothing');
  expect(() => given('requestsPerSecond=9', 'package')).toThrow('under params');
});

test('a package, which makes nothing, shows what a flag would make that the file leaves open', () => {
  const given = () => refuseOtherFlags(['corsOrigins=https://shop.example'], {}, 'prod', 'package');
  expect(given).not.toThrow();
});

// The records in the tests of the machine.
import { randomUUID } from 'node:crypto';
import { recordCommands } from '../../../lib/records/commands.ts';
import { records } from '../../../lib/records/domain.ts';
import { versioned } from '../endpoints.ts';
import { type Call, type TestEntry, text, wish } from '../test-domain.ts';

const written = (key: string, value: string): Call => ({
  method: 'POST',
  path: '/write',
  body: { key, value },
});

export const entry: TestEntry = {
  domain: records,
  create: wish('WriteRecord', { value: text }),
  change: wish('WriteRecord', { value: text }),
  commands(db, options) {
    const bus = recordCommands(db, options);
    return ({ data }, id, context) => {
      const key = id ?? context.commandId;
      return bus.send({ type: 'WriteRecord', data: { value: '', ...data, key } }, context);
    };
  },
  http: {
    kinds: [
      {
        name: 'records',
        create: (n) => written(`key-${n}`, `value ${n}`),
        changes: [(key, n) => written(key, `value ${n}`)],
        history: {
          path: (key) => `/history/${encodeURIComponent(key)}`,
          create: () => written(`a/key ${randomUUID()}`, 'one'),
          change: (key) => written(key, 'two'),
          shows: [
            ['RecordWritten', { value: 'one' }],
            ['RecordWritten', { value: 'two' }],
          ],
        },
      },
    ],
    readAt: (key, version) => `/read/${encodeURIComponent(key)}?expected_version=${version}`,
    commands: [
      { method: 'POST', path: '/write', body: { key: 'bad-input', value: 'v' }, blankAllowed: ['value'] },
    ],
    queries: [{ path: '/read/bad-input', numbers: versioned }],
  },
};

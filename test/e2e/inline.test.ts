import { expect, test } from 'vitest';
import { change, create, readPath } from '../support/example.ts';
import { useOwnSystem } from '../support/system.ts';

const system = useOwnSystem({ env: { PROJECTION_MODE: 'inline' } });

test('what is written is in the next answer without waiting', async () => {
  const { http } = system();
  for (let round = 0; round < 10; round += 1) {
    const created = await create(http);
    for (const written of [created, await change(http, created.id)]) {
      const answer = await http.get(`${readPath(written)}&timeout_ms=0`);
      expect([answer.status, answer.header('warning')]).toEqual([200, undefined]);
    }
  }
});

// The records in the survival tests.
import { recordCommands } from '../../../lib/records/commands.ts';
import { records } from '../../../lib/records/domain.ts';
import { type SurvivalEntry, text, wish } from '../test-domain.ts';

export const entry: SurvivalEntry = {
  domain: records,
  create: wish('WriteRecord', { value: text }),
  change: wish('WriteRecord', { value: text }),
  commands(db) {
    const bus = recordCommands(db);
    return ({ data }, id, context) => {
      const key = id ?? context.commandId;
      return bus.send({ type: 'WriteRecord', data: { value: '', ...data, key } }, context);
    };
  },
};

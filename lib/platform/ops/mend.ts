// Mending one aggregate: asked for over HTTP or by `sls invoke`, the same work on record.
import * as z from 'zod';
import { anyText } from '../../core/fields.ts';
import { lastVersionOf, mendAggregate } from '../../core/ops/aggregate.ts';
import type { Looking } from './looking.ts';
import { runAction } from './run-action.ts';
import { toDocuments } from './wire.ts';

/** A type and a key of up to 255 characters. */
export const streamIdLength = 300;

export const mendInput = z.strictObject({ stream_id: anyText(streamIdLength) });

/** Puts the read documents of an aggregate right. @throws AppError `not_found`; nothing is on record then. */
export const mendStream = async (
  looking: Looking,
  { stream_id }: z.output<typeof mendInput>,
  by?: string,
) => {
  const { writeDb, readDb, subscribers } = looking;
  const models = looking.modelsOf(stream_id);
  await lastVersionOf(writeDb, stream_id);
  const asked = { db: readDb, actionId: undefined, by, kind: 'mend' as const, target: stream_id };
  return runAction(
    { ...asked, input: { stream_id }, timeLeftMs: () => Infinity },
    async ({ id, progress }) => {
      const mended = await mendAggregate({ writeDb, models, subscribers }, stream_id);
      progress(mended);
      const answer = {
        action_id: id,
        stream_id,
        mended,
        ...toDocuments(await looking.documentsOf(stream_id)),
      };
      return { answer, kept: { stream_id, mended }, done: true };
    },
  );
};

// What the operators' API works on: the domains opened on the databases.
import type { Catalogue } from '../../core/domains/catalogue.ts';
import type { Stream } from '../../core/domains/domain.ts';
import { AppError } from '../../core/errors.ts';
import { type ComparedDocument, compareAggregate } from '../../core/ops/aggregate.ts';
import type { ReadModel } from '../../core/projection/projection.ts';
import type { Resources } from '../../core/projection/subscriber.ts';

export const createLooking = (catalogue: Catalogue, resources: Resources) => {
  const { writeDb, readDb } = resources;
  const models = catalogue.openReadModels(resources);

  /** @throws AppError `not_found` if no domain has such streams. */
  const streamOf = (stream_id: string): Stream => {
    const found = catalogue.streams.find(({ type }) => stream_id.startsWith(`${type}-`));
    if (found === undefined) throw new AppError('not_found', 'There is no such stream');
    return found;
  };

  const modelsOf = (stream_id: string): ReadModel[] => {
    const { type } = streamOf(stream_id);
    return models.filter(({ projection }) => projection.streamType === type);
  };

  return {
    catalogue,
    writeDb,
    readDb,
    models,
    subscribers: catalogue.openSubscribers(resources),
    streamOf,
    modelsOf,
    /** What readers see of it beside what they should see. @throws AppError `not_found` */
    documentsOf: (stream_id: string): Promise<ComparedDocument[]> =>
      compareAggregate(writeDb, modelsOf(stream_id), stream_id),
  };
};

export type Looking = ReturnType<typeof createLooking>;

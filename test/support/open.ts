// What a domain declares, opened on a test's own databases.
import type { Db } from 'mongodb';
import type { Domain } from '../../lib/core/domains/domain.ts';
import type { ReadModel } from '../../lib/core/projection/projection.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import type { Subscriber, SubscriberDefinition } from '../../lib/core/projection/subscriber.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';

export const openSubscriber = (
  { create }: SubscriberDefinition,
  writeDb: Db,
  readDb: Db,
  environment: NodeJS.ProcessEnv = {},
): Subscriber => create({ writeDb, readDb, settings: settingsFrom(environment) });

export const openModels = ({ readModels }: Domain, writeDb: Db, readDb: Db): ReadModel[] =>
  readModels.map((model) => openReadModel(model, { writeDb, readDb }));

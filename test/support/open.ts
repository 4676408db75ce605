// What a domain declares, opened on a test's own databases.
import type { Db } from 'mongodb';
import type { Domain } from '../../lib/core/domains/domain.ts';
import type { Projection, ReadModel } from '../../lib/core/projection/projection.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import type { Resources, Subscriber, SubscriberDefinition } from '../../lib/core/projection/subscriber.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';

export const openSubscriber = (
  { create }: SubscriberDefinition,
  writeDb: Db,
  readDb: Db,
  environment: NodeJS.ProcessEnv = {},
  tell: Resources['tell'] = () => undefined,
): Subscriber => create({ writeDb, readDb, settings: settingsFrom(environment), tell });

export const openAllModels = (
  { readModels }: Domain,
  writeDb: Db,
  readDb: Db,
  environment: NodeJS.ProcessEnv = {},
): ReadModel[] =>
  readModels.map((model) => openReadModel(model, { writeDb, readDb, settings: settingsFrom(environment) }));

export const isProjected = (model: ReadModel): model is ReadModel<Projection> => 'evolve' in model.projection;

/** The read models that a subscriber keeps. */
export const openKept = ({ keeps = [] }: SubscriberDefinition, writeDb: Db, readDb: Db): ReadModel[] =>
  keeps.map((model) => openReadModel(model, { writeDb, readDb, settings: settingsFrom({}) }));

/** The read models of a domain's projector. */
export const openModels = (domain: Domain, writeDb: Db, readDb: Db): ReadModel<Projection>[] =>
  openAllModels(domain, writeDb, readDb).filter(isProjected);

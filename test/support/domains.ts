// The domains that the survival tests run on: all of the catalogue, each with its entry in ./domains.
import { existsSync } from 'node:fs';
import type { Db } from 'mongodb';
import type { Domain } from '../../lib/core/domains/domain.ts';
import type { Projection, ReadModel } from '../../lib/core/projection/projection.ts';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import { catalogue } from '../../lib/domains.ts';
import { openModels, openSubscriber } from './open.ts';
import type { SurvivalEntry } from './test-domain.ts';

export interface TestDomain extends Omit<SurvivalEntry, 'domain'> {
  name: string;
  readModels(writeDb: Db, readDb: Db): ReadModel<Projection>[];
  /** The subscriber that keeps all of its read models: the first one that its manifest names. */
  projector(writeDb: Db, readDb: Db): Subscriber;
}

const open = async (manifest: Domain): Promise<TestDomain> => {
  const { name, subscribers } = manifest;
  const file = new URL(`domains/${name}.ts`, import.meta.url);
  const [projector] = subscribers;
  if (!existsSync(file) || projector === undefined)
    throw new Error(
      `${name} is in lib/domains.ts: write test/support/domains/${name}.ts, for the survival tests`,
    );
  const { entry }: { entry: SurvivalEntry } = await import(file.href);
  return {
    ...entry,
    name,
    readModels: (writeDb, readDb) => openModels(manifest, writeDb, readDb),
    projector: (writeDb, readDb) => openSubscriber(projector, writeDb, readDb),
  };
};

export const domains: TestDomain[] = await Promise.all(catalogue.all.map(open));

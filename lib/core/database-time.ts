import type { Db } from 'mongodb';

/** The database's clock: the one that leases, pauses and times of publishing stand on, whatever our own says. */
export const databaseTime = async (db: Db): Promise<Date> => {
  const { localTime } = await db.command({ hello: 1 });
  return localTime;
};

/** What the tests get by `inject`: the run's own mongod and queue server, and a directory that goes with the run. */
declare module 'vitest' {
  interface ProvidedContext {
    mongoUrl: string;
    sqsEndpoint: string;
    runDir: string;
  }
}

/** Stands where the database's name goes in the provided mongoUrl. */
export const databaseSlot = 'TANDEM_DATABASE';

const noise =
  /^\s+at .+:\d+:\d+\)?$|DeprecationWarning|ExperimentalWarning|MaxListenersExceeded|maintenance mode/m;

/** @throws if a log has stack traces or warnings that no user should see. */
export const refuseNoise = (log: string): void => {
  const found = noise.exec(log);
  if (!found) return;
  throw new Error(`noise in the log:\n${log.slice(Math.max(0, found.index - 1500), found.index + 1500)}`);
};

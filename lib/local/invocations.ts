// Every invocation of a function, whoever made it: HTTP, a schedule, a queue, `sls invoke`.

import Lambda, { type LambdaFunction } from 'serverless-offline/lambda';

export interface Invocations {
  /** Waits until none is under way, or the time is over. */
  untilDone(timeoutMs: number): Promise<void>;
}

/** serverless-offline 14.8.2 does not wait for functions at its end, and tells nobody which ones run. */
export const trackInvocations = (): Invocations => {
  const underWay = new Set<Promise<unknown>>();
  const tracked = new WeakSet<LambdaFunction>();
  const get = Lambda.prototype.get;

  Lambda.prototype.get = function (this: Lambda, functionKey: string): LambdaFunction {
    const instance = get.call(this, functionKey);
    if (tracked.has(instance)) return instance;
    tracked.add(instance);
    const run = instance.runHandler.bind(instance);
    instance.runHandler = () => {
      const running = run();
      const settled = running
        .catch(() => undefined)
        .finally(() => {
          underWay.delete(settled);
        });
      underWay.add(settled);
      return running;
    };
    return instance;
  };

  return {
    untilDone: async (timeoutMs) => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
      await Promise.race([late, Promise.all(underWay)]);
    },
  };
};

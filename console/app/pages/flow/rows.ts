// What the drawing shows beside each other: a row for each queue, in bands by domain.
import type { CommandQueueFigures, Metrics, SubscriptionFigures, System } from '../../api/types.ts';

export type Row =
  | { kind: 'subscriber'; name: string; figures: SubscriptionFigures }
  | { kind: 'commands'; name: string; figures: CommandQueueFigures };

export interface Band {
  domain: string;
  rows: Row[];
  readModels: System['domains'][number]['read_models'];
}

const byName = <T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T> =>
  new Map(items.map((item) => [nameOf(item), item]));

/** The domains' order is the system's own. */
export const bandsOf = (system: System, metrics: Metrics): Band[] => {
  const subscriptions = byName(metrics.subscriptions, (one) => one.subscription);
  const queues = byName(metrics.command_queues, (one) => one.queue);
  return system.domains.flatMap(({ name: domain, subscribers, command_queues, read_models }) => {
    const rows: Row[] = [];
    for (const { subscription: name } of subscribers) {
      const figures = subscriptions.get(name);
      if (figures !== undefined) rows.push({ kind: 'subscriber', name, figures });
    }
    for (const name of command_queues) {
      const figures = queues.get(name);
      if (figures !== undefined) rows.push({ kind: 'commands', name, figures });
    }
    return rows.length === 0 ? [] : [{ domain, rows, readModels: read_models }];
  });
};

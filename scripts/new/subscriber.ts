// A new subscriber of a domain: one row for each event that it hears of, with its function and its queue.
import { type Changes, insert } from './files.ts';
import { type Names, typeName } from './names.ts';
import { template } from './templates.ts';

export const addSubscriber = (changes: Changes, names: Names, subscriber: string): void => {
  const { many } = names;
  const value = `${many}${typeName(subscriber)}`;
  const identifier = typeName(subscriber).charAt(0).toLowerCase() + typeName(subscriber).slice(1);
  const fill = (path: string): string =>
    template(`subscriber/${path}`, names)
      .replaceAll('watchValue', value)
      .replaceAll('watchersCollection', `${identifier}Collection`)
      .replaceAll(/_watchers\b/g, `_${subscriber.replaceAll('-', '_')}`)
      .replaceAll('watchers', subscriber);
  changes.create(`lib/${many}/${subscriber}.ts`, fill('subscriber.ts'));
  changes.create(`functions/${many}/${subscriber}.ts`, fill('function.ts'));
  changes.create(`test/integration/${many}-${subscriber}.test.ts`, fill('test.ts'));
  changes.edit(`lib/${many}/domain.ts`, (manifest) =>
    insert(
      manifest,
      { before: /^\nexport const/m },
      `import { ${value}, ${value}Model } from './${subscriber}.ts';\n`,
    )
      ?.replace(/readModels: \[([^\]]*)\]/, (_, inside: string) => `readModels: [${inside}, ${value}Model]`)
      .replace(/subscribers: \[([^\]]*)\]/, (_, inside: string) => `subscribers: [${inside}, ${value}]`),
  );
  changes.edit('serverless.yml', (yml) =>
    insert(
      yml,
      { after: /^functions:\n/m },
      `  ${value}: { handler: functions/${many}/${subscriber}.handler, rights: [read-db], consumes: ${many}-${subscriber} }\n`,
    ),
  );
};

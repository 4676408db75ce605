// A new subscriber of a domain: one row for each event that it hears of, with its function and its queue.
import { type Changes, insert } from './files.ts';
import { type Names, typeName } from './names.ts';
import { named, template } from './templates.ts';

export const addSubscriber = (changes: Changes, names: Names, subscriber: string): void => {
  const { many } = names;
  const value = `${many}${typeName(subscriber)}`;
  const fill = (text: string): string =>
    named(text, names)
      .replaceAll('Watchers', typeName(subscriber))
      .replaceAll('watchers', subscriber)
      .replaceAll('watchValue', value);
  changes.create(`lib/${many}/${subscriber}.ts`, fill(template('subscriber/subscriber.ts', names)));
  changes.create(`functions/${many}/${subscriber}.ts`, fill(template('subscriber/function.ts', names)));
  changes.create(
    `test/integration/${many}-${subscriber}.test.ts`,
    fill(template('subscriber/test.ts', names)),
  );
  changes.edit(`lib/${many}/domain.ts`, (manifest) => {
    const imported = insert(
      manifest,
      { before: /^\nexport const/m },
      `import { ${value} } from './${subscriber}.ts';\n`,
    );
    return imported?.replace(
      /subscribers: \[([^\]]*)\]/,
      (_, inside: string) => `subscribers: [${inside}, ${value}]`,
    );
  });
  changes.edit('serverless.yml', (yml) =>
    insert(
      yml,
      { after: /^functions:\n/m },
      `  ${value}:\n    handler: functions/${many}/${subscriber}.handler\n    rights: [read-db]\n    consumes: ${many}-${subscriber}\n`,
    ),
  );
};

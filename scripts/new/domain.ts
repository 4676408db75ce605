// A new domain: its rules, store, commands, read model and queries, its functions and its tests, wired.
import { type Changes, insert } from './files.ts';
import type { Names } from './names.ts';
import { type StoreKind, template } from './templates.ts';

const parts = ['store', 'commands', 'projections', 'queries', 'domain'];
const functions = ['commands', 'queries', 'projector'];

export const addDomain = (changes: Changes, names: Names, kind: StoreKind): void => {
  const { many, one } = names;
  changes.create(`lib/${many}/${one}.ts`, template('domain/sample.ts', names, kind));
  for (const part of parts)
    changes.create(`lib/${many}/${part}.ts`, template(`domain/${part}.ts`, names, kind));
  for (const part of functions)
    changes.create(`functions/${many}/${part}.ts`, template(`domain/function-${part}.ts`, names, kind));
  changes.create(`test/unit/${one}.test.ts`, template('domain/test.ts', names));
  changes.create(`test/e2e/${many}.test.ts`, template('domain/e2e.ts', names));
  changes.create(`test/support/domains/${many}.ts`, template('domain/survival.ts', names));
  changes.edit('serverless.yml', (yml) =>
    insert(yml, { after: /^functions:\n/m }, template('domain/functions.yml', names)),
  );
  changes.edit('lib/domains.ts', (list) => {
    const imported = insert(
      list,
      { before: /^\nexport const/m },
      `import { ${many} } from './${many}/domain.ts';\n`,
    );
    return imported?.replace(
      /createCatalogue\(\[(.*?)\]/s,
      (_, inside: string) => `createCatalogue([${inside}, ${many}]`,
    );
  });
};

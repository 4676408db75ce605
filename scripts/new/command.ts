// A new command of a domain: its event, its input, its rule, its value, its route and a test.
import { type Changes, insert } from './files.ts';
import { type Names, pastTense, typeName } from './names.ts';

interface Made {
  names: Names;
  command: string;
  event: string;
}

/** The event, the input, what the rule says and what becomes of the state. */
const editRules = (changes: Changes, { names: { many, one }, command, event }: Made): void => {
  changes.edit(`lib/${many}/${one}.ts`, (rules) => {
    const steps: ((content: string) => string | undefined)[] = [
      (content) =>
        insert(
          content,
          { after: `export const ${one}Events = {\n` },
          `  ${event}: { schema_version: 1, data: z.object({ by: z.string() }) },\n`,
        ),
      (content) =>
        insert(
          content,
          { after: `export const ${one}Inputs = {\n` },
          `  ${command}: z.strictObject({ id: uuid, by: requiredText(255) }),\n`,
        ),
      (content) =>
        insert(
          content,
          { after: '  switch (command.type) {\n' },
          `    case '${command}':\n      return [{ type: '${event}', data: { by: command.data.by } }];\n`,
        ),
      (content) =>
        insert(
          content,
          { after: '  switch (event.type) {\n' },
          `    // Nothing of it is kept yet: whoever needs it adds a field to the state.\n    case '${event}':\n      return ${one};\n`,
        ),
    ];
    return steps.reduce<string | undefined>((content, step) => content && step(content), rules);
  });
};

/** A domain that shows its history names each type of event, and what of it is shown. */
const editHistory = (changes: Changes, { names: { many, one, type }, event }: Made): void => {
  const file = `lib/${many}/history.ts`;
  if (!changes.has(file)) return;
  changes.edit(file, (history) =>
    insert(
      history,
      { after: `createTrail<${type}Event>(${one}Events, {\n` },
      `  ${event}: { data: z.strictObject(${one}Events.${event}.data.shape) },\n`,
    ),
  );
};

const editTests = (changes: Changes, { names: { one }, command, event }: Made): void => {
  changes.edit(`test/unit/${one}.test.ts`, (tests) => {
    const head =
      tests.includes('import { test }') || /import \{[^}]*\btest\b[^}]*\} from 'vitest'/.test(tests);
    const body = `
test('${command} is recorded as ${event}, with who did it', () => {
  given(created)
    .when({ type: '${command}', data: { id, by: 'somebody' } })
    .thenEvents({ type: '${event}', data: { by: 'somebody' } });
});
`;
    return head ? `${tests.trimEnd()}\n${body}` : undefined;
  });
};

export const addCommand = (changes: Changes, names: Names, verb: string): void => {
  const { many, one, type } = names;
  const command = `${typeName(verb)}${type}`;
  const value = command.charAt(0).toLowerCase() + command.slice(1);
  const event = `${type}${pastTense(typeName(verb))}`;
  const route = `POST /${many}/{id}/${verb}`;

  const made: Made = { names, command, event };
  editRules(changes, made);
  editHistory(changes, made);
  changes.edit(`lib/${many}/projections.ts`, (projections) =>
    insert(
      projections,
      { after: /^ {4}switch \(event\.type\) \{\n/m },
      `      case '${event}':\n        return { ...document };\n`,
    ),
  );
  changes.edit(`lib/${many}/commands.ts`, (commands) => {
    const text = `export const ${value} = command({
  type: '${command}',
  summary: '${typeName(verb)} a ${one}',
  input: ${one}Inputs.${command},
  handle: (wanted, { ${one} }: Handlers, context) => ${one}({ id: wanted.data.id, command: wanted }, context),
});

`;
    return insert(commands, { before: /^\/\*\* The bus of all commands/m }, text)?.replace(
      /createCommandBus\(\s*\[/,
      (found) => `${found}${value}, `,
    );
  });
  changes.edit(`functions/${many}/commands.ts`, (handler) => {
    const routed = insert(handler, { after: /^export const routes = \{\n/m }, `  '${route}': ${value},\n`);
    return routed?.replace(
      /import \{(\s*)([^}]*)\} from '([./]+lib\/\w+\/commands\.ts)'/,
      (_, space, rest, from) => `import {${space}${value}, ${rest}} from '${from}'`,
    );
  });
  changes.edit('serverless.yml', (yml) =>
    insert(
      yml,
      { after: new RegExp(`^  ${many}Commands:\\n(?:    .*\\n)*?    events:\\n`, 'm') },
      `      - httpApi: ${route}\n`,
    ),
  );
  editTests(changes, made);
};

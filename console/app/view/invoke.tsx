import { Copy } from './copy.tsx';
import { visible } from './format.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The command that does the same from a shell. */
export const invokeCommand = (name: string, data?: object): string =>
  `npx sls invoke -f ${name}${data === undefined ? '' : ` --data ${quote(JSON.stringify(data))}`}`;

export const Invoke = ({ name, data }: { name: string; data?: object }) => {
  const command = invokeCommand(name, data);
  return (
    <p class="invoke">
      <span class="soft">The same from a shell</span>
      <code>{visible(command)}</code>
      <Copy text={command} what="command" />
    </p>
  );
};

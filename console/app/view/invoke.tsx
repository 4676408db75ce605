import { useSystem } from '../live/system.ts';
import { Copy } from './copy.tsx';
import { visible } from './format.ts';

/** A command for a shell. */
export const Shell = ({ command, about }: { command: string; about: string }) => (
  <p class="invoke">
    <span class="soft">{about}</span>
    <code>{visible(command)}</code>
    <Copy text={command} what={`command: ${about}`} />
  </p>
);

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The command that does the same as what is about to be asked for. */
export const Invoke = ({ name, data }: { name: string; data: object }) => {
  const { data: system } = useSystem();
  if (system === undefined) return null;
  return (
    <Shell
      command={`${system.invoke} -f ${name} --data ${quote(JSON.stringify(data))}`}
      about="The same from a shell"
    />
  );
};

// The functions of the example domain, called in this process.
import { callFunction, type FunctionModule } from './call.ts';
import { changeCall, createCall, example, readPath, type Written, written } from './example.ts';
import type { Call } from './test-domain.ts';

const load = (file: string): Promise<FunctionModule> =>
  import(new URL(`../../functions/${example.name}/${file}.ts`, import.meta.url).href);

/** Its functions, called in this process. */
export const loadFunctions = async () => {
  const [commands, queries] = await Promise.all([load('commands'), load('queries')]);
  const send = (call: Call, headers: Record<string, string> = {}) => callFunction(commands, call, headers);
  const newCall = () => createCall(async (call) => written((await send(call)).body).id);
  return {
    newCall,
    send,
    create: async (headers: Record<string, string> = {}) => send(await newCall(), headers),
    change: (id: string, headers: Record<string, string> = {}) => send(changeCall(id), headers),
    read: (at: Written) => callFunction(queries, { method: 'GET', path: readPath(at), body: undefined }),
  };
};

// A network between a client and a server, which can be cut or go silent.
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  port: number;
  /** Cuts a connection when this text passes towards the server, which still gets it; gives how often that was. */
  cutAfter(text: string, times: number): void;
  readonly cuts: number;
  /** The connections of now stay open and carry nothing any more; new ones work. */
  silence(): void;
  close(): Promise<void>;
}

export const startTcpProxy = async (target: number): Promise<TcpProxy> => {
  const pairs = new Set<{ client: Socket; server: Socket; silent: boolean }>();
  const trap = { text: '', left: 0, cuts: 0 };

  const listener = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    const pair = { client, server, silent: false };
    pairs.add(pair);
    const end = (): void => {
      if (pair.silent) return;
      client.destroy();
      server.destroy();
      pairs.delete(pair);
    };
    client.on('data', (bytes) => {
      if (pair.silent) return;
      const cut = trap.left > 0 && bytes.includes(trap.text);
      if (cut) {
        trap.left -= 1;
        trap.cuts += 1;
        server.write(bytes, () => client.destroy());
      } else {
        server.write(bytes);
      }
    });
    server.on('data', (bytes) => {
      if (!pair.silent && !client.destroyed) client.write(bytes);
    });
    // A cut client leaves its server side open until the server has done what it was told.
    client.on('close', () => void (pair.silent || server.end()));
    for (const socket of [client, server]) socket.on('error', end);
    server.on('close', end);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cutAfter(text, times) {
      trap.text = text;
      trap.left = times;
    },
    get cuts() {
      return trap.cuts;
    },
    silence() {
      for (const pair of pairs) pair.silent = true;
    },
    async close() {
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      await new Promise((resolve) => listener.close(resolve));
    },
  };
};

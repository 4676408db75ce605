import { once } from 'node:events';
import { createServer } from 'node:net';

/** An address where somebody listens and never says a word: a server that was stopped, not ended. */
export const silentServer = async () => {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
};

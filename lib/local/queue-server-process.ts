// The queue server's own process: it must not share an event loop with the functions, and it ends
// when the process that forked it does. Arguments: data directory ('' for memory alone), port, region.

import './fauxqs-mends.ts';
import { startFauxqs } from 'fauxqs';
import { releaseInFlight } from './in-flight.ts';
import { messageOf } from './log.ts';

const [dataDir = '', port = '0', region = 'eu-central-1'] = process.argv.slice(2);

try {
  const server = await startFauxqs({
    port: Number(port),
    defaultRegion: region,
    logger: false,
    ...(dataDir === '' ? {} : { dataDir }),
  });
  // Whoever received them has most often gone with the last server.
  if (dataDir !== '') await releaseInFlight(`http://127.0.0.1:${server.port}`, region);
  const end = async (): Promise<void> => {
    await server.stop();
    process.exit(0);
  };
  process.on('disconnect', end);
  process.on('SIGTERM', end);
  // Whoever started this may have gone by now: then `disconnect` ends it, and the failed send is no news.
  process.send?.({ port: server.port }, () => undefined);
} catch (error) {
  process.send?.({ error: messageOf(error) }, () => undefined);
  process.exit(1);
}

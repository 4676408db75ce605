import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes messages that were in flight visible again. A local choice: the queue server ends only with
 * everything that receives from it, so no receipt handle of an earlier run is held by anyone, and
 * waiting out the visibility timeout (minutes) would only delay the restart.
 */
export const releaseInFlight = (dataDir: string): void => {
  const path = join(dataDir, 'fauxqs.db');
  if (!existsSync(path)) return;
  const database = new DatabaseSync(path);
  try {
    database.exec(
      'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE receipt_handle IS NOT NULL',
    );
  } catch {
    // Another layout in another version of fauxqs: the messages come back after their timeout.
  } finally {
    database.close();
  }
};

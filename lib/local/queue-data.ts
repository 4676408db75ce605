import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes messages that were in flight visible again. A local choice: whoever received them has most often
 * gone with the queue server, and waiting out the visibility timeout (minutes) would only delay the
 * restart. If the receiver lives on (the server alone was killed), a message comes twice.
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
    // Another layout than that of fauxqs 2.4.1: the messages come back after their timeout.
  } finally {
    database.close();
  }
};

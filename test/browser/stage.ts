import type { Client } from '../support/http.ts';
import type { System } from '../support/system.ts';
import type { Open } from '../support/use-browser.ts';

/** What the parts of the test share. */
export interface Stage {
  token: string;
  system(): System;
  /** Opens a page by its path, with the token kept already. */
  open: Open;
  /** A client that sends the token with each GET. */
  operators(): Client;
  stopQueues(): Promise<void>;
  /** At the same address, with what was in them. */
  startQueues(): Promise<void>;
}

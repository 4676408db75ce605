import type { RunningSystem } from './running.ts';

const withoutPassword = (url: string): string => url.replace(/\/\/([^:@/]+):[^@/]+@/, '//$1:***@');

/** What the user sees when everything runs. */
export const summary = (system: RunningSystem, dataDir: string, elapsedMs: number): string => `
Ready in ${(elapsedMs / 1000).toFixed(1)} s. Ctrl-C ends everything; the data stays in ${dataDir}

  Console   ${system.http_url}/console
  HTTP      ${system.http_url}
  Lambda    ${system.lambda_url}
  write DB  ${withoutPassword(system.write_db_url)}
  read DB   ${withoutPassword(system.read_db_url)}
  SQS       ${system.sqs_endpoint}

  What to try first: README.md, «A first session»
`;

import { go, to } from '../../router.ts';
import { Copy } from '../../view/copy.tsx';
import { Empty } from '../../view/empty.tsx';
import { visible } from '../../view/format.ts';
import { Lookup } from '../../view/lookup.tsx';
import type { PageProps } from '../pages.tsx';
import { LiveTrace } from './live-trace.tsx';

export const Trace = ({ path: [id = ''] }: PageProps) => (
  <>
    <div class="page-head">
      <h1 tabIndex={-1}>Trace</h1>
    </div>
    <Lookup
      label="Correlation id"
      placeholder="as in the header X-Correlation-Id of an answer"
      value={id}
      onFind={(wanted) => go(to(['trace', wanted]))}
    />
    {id === '' ? (
      <Empty title="A trace is all that one request caused.">
        <p>
          Choose one under «Caused by» in <a href={to('log')}>the log</a>, or{' '}
          <a href={to('try-it')}>send a command</a>: it leads here.
        </p>
      </Empty>
    ) : (
      <>
        <p class="subject data">
          <code>{visible(id)}</code> <Copy text={id} what="correlation id" />
        </p>
        <LiveTrace key={id} id={id} />
      </>
    )}
  </>
);

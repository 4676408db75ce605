import { find } from '../../api/client.ts';
import { type Call, callsOf, type OpenApi } from '../../api/openapi.ts';
import { usePoll } from '../../live/poll.ts';
import { to } from '../../router.ts';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import type { PageProps } from '../pages.tsx';
import { CallForm } from './form.tsx';

const byTag = (calls: readonly Call[]): [string, Call[]][] => {
  const groups = new Map<string, Call[]>();
  for (const call of calls) groups.set(call.tag, [...(groups.get(call.tag) ?? []), call]);
  return [...groups];
};

const Calls = ({ calls, chosen }: { calls: readonly Call[]; chosen: string | undefined }) => (
  <nav class="calls" aria-label="Commands and queries">
    {byTag(calls).map(([tag, own]) => (
      <section key={tag}>
        <h2>{tag}</h2>
        <ul>
          {own.map(({ key, method, path, summary }) => (
            <li key={key}>
              <a
                href={to('try-it', { call: key })}
                aria-current={key === chosen ? 'true' : undefined}
                title={summary}
              >
                <span class="method">{method}</span> {path}
              </a>
            </li>
          ))}
        </ul>
      </section>
    ))}
  </nav>
);

export const TryIt = ({ query }: PageProps) => {
  const { data, error, again } = usePoll('openapi', async (signal) => ({
    document: await find<OpenApi>('/openapi.json', {}, signal),
  }));
  const calls = data?.document === undefined ? [] : callsOf(data.document);
  const chosen =
    calls.find(({ key }) => key === query['call']) ?? calls.find(({ method }) => method === 'POST');
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Try it</h1>
      </div>
      {error !== undefined && !error.isAway && <Failure error={error} again={again} />}
      {data === undefined && error === undefined && <Loading />}
      {data !== undefined && calls.length === 0 && (
        <Empty title="This system does not say what can be sent to it.">
          <p>The forms are made from GET /openapi.json, which names no command here.</p>
        </Empty>
      )}
      {calls.length > 0 && (
        <div class="try-it">
          <Calls calls={calls} chosen={chosen?.key} />
          <div>{chosen !== undefined && <CallForm key={chosen.key} call={chosen} />}</div>
        </div>
      )}
    </>
  );
};

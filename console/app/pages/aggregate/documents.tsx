import type { ApiError } from '../../api/client.ts';
import type { Aggregate, ComparedDocument } from '../../api/types.ts';
import { to } from '../../router.ts';
import { Id } from '../../view/copy.tsx';
import { Empty, Failure } from '../../view/empty.tsx';
import { count, counted, inline } from '../../view/format.ts';
import { Invoke } from '../../view/invoke.tsx';
import { Json } from '../../view/json.tsx';
import { type Kind, State } from '../../view/state.tsx';
import { Cell, Table } from '../../view/table.tsx';

const verdictOf = ({
  stored,
  replayed,
  error,
  differing,
}: ComparedDocument): { kind: Kind; word: string } => {
  if (error !== null) return { kind: 'bad', word: 'a replay fails' };
  if (stored === null && replayed !== null) return { kind: 'late', word: 'missing' };
  if (stored !== null && replayed === null) return { kind: 'late', word: 'should not be there' };
  if (differing.length > 0)
    return {
      kind: 'late',
      word: differing.length === 1 ? '1 field differs' : `${differing.length} fields differ`,
    };
  return { kind: 'good', word: stored === null ? 'none, as a replay says' : 'as a replay says' };
};

const isWrong = (document: ComparedDocument): boolean => verdictOf(document).kind !== 'good';

const Differences = ({ stored, replayed, differing }: ComparedDocument) => (
  <Table
    label="Fields that differ"
    heads={['Field', 'Stored', 'A replay gives']}
    widths={['11rem', 'auto', '44%']}
  >
    {differing.map((name) => (
      <tr key={name} class="is-wrong">
        <Cell of="Field">
          <code class="data">{name}</code>
        </Cell>
        <Cell of="Stored" class="data">
          {stored !== null && name in stored ? inline(stored[name], 400) : <span class="soft">absent</span>}
        </Cell>
        <Cell of="A replay gives" class="data">
          {replayed !== null && name in replayed ? (
            inline(replayed[name], 400)
          ) : (
            <span class="soft">absent</span>
          )}
        </Cell>
      </tr>
    ))}
  </Table>
);

const Whole = ({ document, of }: { document: ComparedDocument; of: 'stored' | 'replayed' }) => {
  const { projection, id } = document;
  return (
    <details>
      <summary>
        {of === 'stored' ? 'The document as it is stored' : 'The document that a replay gives'}
      </summary>
      <Json value={document[of]} label={`Document ${id} of ${projection}, ${of}`} />
    </details>
  );
};

const Compared = ({ document }: { document: ComparedDocument }) => {
  const { stored, replayed, error, differing } = document;
  return (
    <>
      {error !== null && <p class="data">{inline(error, 600)}</p>}
      {stored !== null && replayed !== null && differing.length > 0 && <Differences {...document} />}
      {stored !== null && <Whole document={document} of="stored" />}
      {stored === null && replayed !== null && <Whole document={document} of="replayed" />}
    </>
  );
};

/** One of several that a read model keeps of the aggregate. */
const OneOfSeveral = ({ document }: { document: ComparedDocument }) => (
  <li>
    <p class="action-line">
      <Id id={document.id} what="document id" />
      <State {...verdictOf(document)} />
    </p>
    <Compared document={document} />
  </li>
);

const Several = ({ documents }: { documents: readonly ComparedDocument[] }) => {
  const wrong = documents.filter(isWrong);
  const sound = documents.filter((document) => !isWrong(document));
  return (
    <>
      {wrong.length > 0 && (
        <ul class="several">
          {wrong.map((document) => (
            <OneOfSeveral key={document.id} document={document} />
          ))}
        </ul>
      )}
      {sound.length > 0 && (
        <details>
          <summary>{counted(sound.length, 'document')}, as a replay says</summary>
          <ul class="several">
            {sound.map((document) => (
              <OneOfSeveral key={document.id} document={document} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
};

const verdictOfAll = (documents: readonly ComparedDocument[]): ReturnType<typeof verdictOf> => {
  const [first] = documents;
  if (first !== undefined && documents.length === 1) return verdictOf(first);
  const wrong = documents.filter(isWrong).length;
  if (wrong === 0) return { kind: 'good', word: `${count(documents.length)} documents, as a replay says` };
  return { kind: 'late', word: `${count(wrong)} of ${counted(documents.length, 'document')} to be mended` };
};

/** What one read model keeps of the aggregate. */
const Kept = ({ documents }: { documents: readonly ComparedDocument[] }) => {
  const [first] = documents;
  if (first === undefined) return null;
  return (
    <article class="document">
      <header>
        <h3>{first.projection}</h3>
        <State {...verdictOfAll(documents)} />
        <span class="soft">
          {first.collection}, schema version {first.schema_version}
        </span>
      </header>
      {documents.length === 1 ? <Compared document={first} /> : <Several documents={documents} />}
    </article>
  );
};

interface DocumentsProps {
  now: Aggregate;
  mending: { isBusy: boolean; mended?: number; error?: ApiError; mend(): void };
}

/** What readers see of the aggregate, beside what they should see. */
export const Documents = ({ now, mending }: DocumentsProps) => {
  const { stream_id, documents, documents_left_out } = now;
  const wrong = documents.filter(isWrong).length;
  const byModel = [...Map.groupBy(documents, ({ projection }) => projection)];
  return (
    <section aria-labelledby="documents">
      <div class="section-head">
        <h2 id="documents">Read documents</h2>
        <span role="status">
          {mending.mended !== undefined && wrong === 0 && (
            <State kind="good" word={`${counted(mending.mended, 'document')} put right`} />
          )}
        </span>
        {wrong > 0 && (
          <button type="button" class="primary" disabled={mending.isBusy} onClick={mending.mend}>
            {mending.isBusy ? 'Mending …' : `Mend ${counted(wrong, 'document')}`}
          </button>
        )}
      </div>
      {wrong > 0 && <Invoke name="mend" data={{ stream_id }} />}
      {mending.error !== undefined && <Failure error={mending.error} />}
      {documents.length === 0 && (
        <Empty title="Nothing is kept for readers of this kind of aggregate.">
          <p>A domain that wants something to be read declares a read model of this stream.</p>
        </Empty>
      )}
      {byModel.map(([projection, kept]) => (
        <Kept key={projection} documents={kept} />
      ))}
      {documents_left_out > 0 && (
        <p class="soft">
          {counted(documents_left_out, 'document')} more than there is room for here.{' '}
          <a href={to('read-models')}>A check for drift</a> looks at all of them.
        </p>
      )}
    </section>
  );
};

import type { ApiError } from '../../api/client.ts';
import type { ComparedDocument } from '../../api/types.ts';
import { Empty, Failure } from '../../view/empty.tsx';
import { counted, inline } from '../../view/format.ts';
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
  if (differing.length > 0)
    return {
      kind: 'late',
      word: differing.length === 1 ? '1 field differs' : `${differing.length} fields differ`,
    };
  if (stored === null && replayed !== null) return { kind: 'late', word: 'missing' };
  if (stored !== null && replayed === null) return { kind: 'late', word: 'should not be there' };
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

const Document = ({ document }: { document: ComparedDocument }) => {
  const verdict = verdictOf(document);
  const { projection, collection, schema_version, stored, error, differing } = document;
  return (
    <article class="document">
      <header>
        <h3>{projection}</h3>
        <State {...verdict} />
        <span class="soft">
          {collection}, schema version {schema_version}
        </span>
      </header>
      {error !== null && <p class="data">{inline(error, 600)}</p>}
      {differing.length > 0 && <Differences {...document} />}
      {stored !== null && (
        <details>
          <summary>The document as it is stored</summary>
          <Json value={stored} label={`Document of ${projection}`} />
        </details>
      )}
    </article>
  );
};

interface DocumentsProps {
  documents: readonly ComparedDocument[];
  mending: { isBusy: boolean; mended?: number; error?: ApiError; mend(): void };
}

/** What readers see of the aggregate, beside what they should see. */
export const Documents = ({ documents, mending }: DocumentsProps) => {
  const wrong = documents.filter(isWrong).length;
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
      {mending.error !== undefined && <Failure error={mending.error} />}
      {documents.length === 0 ? (
        <Empty title="Nothing is kept for readers of this kind of aggregate." />
      ) : (
        documents.map((document) => <Document key={document.projection} document={document} />)
      )}
    </section>
  );
};

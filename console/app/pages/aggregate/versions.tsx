import type { Aggregate } from '../../api/types.ts';
import { inline } from '../../view/format.ts';
import { State } from '../../view/state.tsx';
import { Cell, Table } from '../../view/table.tsx';

type Folded = Aggregate['state'];

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const Fields = ({ state, before }: { state: NonNullable<Folded>; before: Folded }) => {
  const names = [...new Set([...Object.keys(state), ...Object.keys(before ?? {})])];
  return (
    <Table
      label="State at this version"
      heads={['Field', 'Value', 'Before']}
      widths={['11rem', 'auto', '38%']}
    >
      {names.map((name) => {
        const changed = before !== null && !isSame(state[name], before[name]);
        return (
          <tr key={name} class={changed ? 'is-changed' : ''}>
            <Cell of="Field">
              <code class="data">{name}</code>
            </Cell>
            <Cell of="Value" class="data">
              {name in state ? inline(state[name], 400) : <span class="soft">gone</span>}
            </Cell>
            <Cell of="Before" class="data">
              {changed && (
                <>
                  <State kind="busy" word="changed from" />{' '}
                  {before !== null && name in before ? (
                    inline(before[name], 400)
                  ) : (
                    <span class="soft">nothing</span>
                  )}
                </>
              )}
            </Cell>
          </tr>
        );
      })}
    </Table>
  );
};

interface VersionsProps {
  now: Aggregate;
  before: Folded;
  onChoose(version: number): void;
}

/** The versions as a line; the slider shows the state at each, and what changed. */
export const Versions = ({ now, before, onChoose }: VersionsProps) => {
  const { version, last_version, state, state_error, events } = now;
  const event = events.find((one) => one.version === version);
  return (
    <section aria-labelledby="state">
      <h2 id="state">
        State at version {version} of {last_version}
      </h2>
      <div class="versions">
        <button
          type="button"
          disabled={version <= 1}
          onClick={() => onChoose(version - 1)}
          aria-label="Earlier"
        >
          ‹
        </button>
        <input
          type="range"
          min={1}
          max={last_version}
          value={version}
          aria-label="Version"
          aria-valuetext={`Version ${version}${event === undefined ? '' : `, ${event.type}`}`}
          onInput={(input) => onChoose(Number(input.currentTarget.value))}
        />
        <button
          type="button"
          disabled={version >= last_version}
          onClick={() => onChoose(version + 1)}
          aria-label="Later"
        >
          ›
        </button>
      </div>
      {state === null ? (
        <p>
          <State kind="late" word="The state cannot be computed:" /> {inline(state_error ?? 'unknown', 400)}
        </p>
      ) : (
        <Fields state={state} before={before} />
      )}
    </section>
  );
};

// Putting back and discarding: both ask first, and say what became of it.
import { useState } from 'preact/hooks';
import type { LetterChoice } from '../../api/types.ts';
import { useAction } from '../../live/action.ts';
import { Confirm } from '../../view/confirm.tsx';
import { Failure } from '../../view/empty.tsx';
import { Invoke } from '../../view/invoke.tsx';
import { Progress } from '../../view/progress.tsx';

interface ChoiceProps {
  choice: LetterChoice;
  /** `12 dead letters of loans-projector`. */
  what: string;
  canDiscard?: boolean;
  /** After it has taken effect. */
  onEnd(): void;
}

type Asked = 'redrive' | 'discard';

const Discard = ({ choice, what, close, begin, isBusy }: DialogProps) => {
  const [reason, setReason] = useState('');
  const body = { ...choice, reason };
  return (
    <Confirm
      title={`Discard ${what}?`}
      action="Discard"
      isReady={reason.trim() !== ''}
      isBusy={isBusy}
      onCancel={close}
      onConfirm={() => begin('/ops/discard', { ...choice, reason: reason.trim() })}
    >
      <p>
        They are gone for good. What they would have done is left undone until a rebuild; the reason stays on
        record.
      </p>
      <label>
        Reason
        <input
          maxLength={1_000}
          value={reason}
          required
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <Invoke name="discard" data={body} />
    </Confirm>
  );
};

interface DialogProps {
  choice: LetterChoice;
  what: string;
  isBusy: boolean;
  close(): void;
  begin(path: string, body: object): void;
}

const Redrive = ({ choice, what, close, begin, isBusy }: DialogProps) => (
  <Confirm
    title={`Put back ${what}?`}
    action="Put back"
    isBusy={isBusy}
    onCancel={close}
    onConfirm={() => begin('/ops/redrive', choice)}
  >
    <p>
      They go back to their queue and are tried again. That is harmless: what was applied before is not
      applied twice.
    </p>
    <Invoke name="redrive" data={choice} />
  </Confirm>
);

export const LetterActions = ({ choice, what, canDiscard = true, onEnd }: ChoiceProps) => {
  const [asked, setAsked] = useState<Asked>();
  const { isBusy, started, error, begin } = useAction(() => setAsked(undefined));
  const dialog = { choice, what, isBusy, begin, close: () => setAsked(undefined) };
  return (
    <>
      <p class="buttons">
        <button type="button" onClick={() => setAsked('redrive')}>
          Put back
        </button>
        {canDiscard && (
          <button type="button" onClick={() => setAsked('discard')}>
            Discard …
          </button>
        )}
      </p>
      {asked === 'redrive' && <Redrive {...dialog} />}
      {asked === 'discard' && <Discard {...dialog} />}
      {error !== undefined && <Failure error={error} />}
      {started !== undefined && (
        <Progress key={started.location} location={started.location} first={started.action} onEnd={onEnd} />
      )}
    </>
  );
};

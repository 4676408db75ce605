import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface ConfirmProps {
  title: string;
  /** What the button says that does it: a verb. */
  action: string;
  isBusy?: boolean;
  /** Whether it can be done as it stands. */
  isReady?: boolean;
  onConfirm(): void;
  onCancel(): void;
  children: ComponentChildren;
}

/** Asks before something is done. Escape and «Cancel» do nothing. */
export const Confirm = (props: ConfirmProps) => {
  const { title, action, isBusy = false, isReady = true, onConfirm, onCancel, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (isReady && !isBusy) onConfirm();
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onCancel}>
      <form onSubmit={submit}>
        <h2 id={heading}>{title}</h2>
        {children}
        <p class="buttons">
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={!isReady || isBusy}>
            {isBusy ? 'At work …' : action}
          </button>
        </p>
      </form>
    </dialog>
  );
};

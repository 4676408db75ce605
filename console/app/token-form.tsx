import { useRef } from 'preact/hooks';
import { type Access, keepToken } from './api/token.ts';
import { State } from './view/state.tsx';

const said: Record<Exclude<Access, 'open'>, string> = {
  asked: 'This system shows itself to operators only.',
  refused: 'This is not the token that the system was given.',
  closed: 'This stage has no OPS_TOKEN, so its operations are closed. Deploy it with one, then come back.',
};

/** Asks for the token; nothing else is shown meanwhile. */
export const TokenForm = ({ reason }: { reason: Exclude<Access, 'open'> }) => {
  const input = useRef<HTMLInputElement>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    const token = input.current?.value.trim() ?? '';
    if (token !== '') keepToken(token);
    else input.current?.focus();
  };
  return (
    <form class="token" onSubmit={submit}>
      <h1>Who is there?</h1>
      <p role="alert">{reason === 'asked' ? said.asked : <State kind="bad" word={said[reason]} />}</p>
      <label>
        The operators' token (<code>OPS_TOKEN</code>)
        <input ref={input} type="password" autocomplete="off" spellcheck={false} required />
      </label>
      <p class="soft">It stays in this tab until you close it, and is never part of an address.</p>
      <p class="buttons">
        <button type="submit" class="primary">
          Open the console
        </button>
      </p>
    </form>
  );
};

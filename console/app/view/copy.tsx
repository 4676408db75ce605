import { useEffect, useState } from 'preact/hooks';
import { shortId, visible } from './format.ts';

/** Copies `text`, and says so for a moment. */
export const Copy = ({ text, what }: { text: string; what: string }) => {
  const [said, setSaid] = useState<'' | 'copied' | 'not allowed'>('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), 1_500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('copied'),
      () => setSaid('not allowed'),
    );
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-label={`Copy ${what}`} title={`Copy ${what}`}>
      <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
        {said === 'copied' ? (
          <path d="M2 6.5 5 9.5 10.5 3" />
        ) : (
          <path d="M4 3.5V1.5h6.5v6.5h-2M1.5 4h6.5v6.5H1.5z" />
        )}
      </svg>
      <span class="unseen" aria-live="polite">
        {said}
      </span>
    </button>
  );
};

interface IdProps {
  id: string;
  what: string;
  href?: string;
  /** All of it, not only its ends. */
  whole?: boolean;
}

/** An id that can be copied, and followed when it leads somewhere. */
export const Id = ({ id, what, href, whole = false }: IdProps) => {
  const shown = whole ? visible(id) : shortId(visible(id));
  return (
    <span class="id">
      {href === undefined ? (
        <code title={id}>{shown}</code>
      ) : (
        <a href={href} title={id}>
          <code>{shown}</code>
        </a>
      )}
      <Copy text={id} what={what} />
    </span>
  );
};

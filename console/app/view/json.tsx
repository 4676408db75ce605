import { useState } from 'preact/hooks';
import { bytes, visible } from './format.ts';

const shownAtFirst = 4_000;

/** Any data as text: never as markup, and a long one only when asked for. */
export const Json = ({ value, label }: { value: unknown; label: string }) => {
  const [all, setAll] = useState(false);
  const text = visible(JSON.stringify(value, null, 2) ?? 'undefined');
  const isLong = text.length > shownAtFirst;
  return (
    <div class="json">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section tabIndex={0} aria-label={label}>
        <pre>{isLong && !all ? `${text.slice(0, shownAtFirst)} …` : text}</pre>
      </section>
      {isLong && (
        <button type="button" class="quiet" onClick={() => setAll(!all)}>
          {all ? 'Show the beginning only' : `Show all (${bytes(text.length)})`}
        </button>
      )}
    </div>
  );
};

import { useRef } from 'preact/hooks';

interface LookupProps {
  label: string;
  placeholder: string;
  value: string;
  onFind(wanted: string): void;
}

/** Goes to what somebody has the id of. */
export const Lookup = ({ label, placeholder, value, onFind }: LookupProps) => {
  const input = useRef<HTMLInputElement>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    const wanted = input.current?.value.trim() ?? '';
    if (wanted !== '') onFind(wanted);
  };
  return (
    <form class="lookup" onSubmit={submit}>
      <label>
        <span class="unseen">{label}</span>
        <input
          key={value}
          ref={input}
          type="search"
          defaultValue={value}
          placeholder={`${label}, ${placeholder}`}
          spellcheck={false}
          autocomplete="off"
        />
      </label>
      <button type="submit">Show</button>
    </form>
  );
};

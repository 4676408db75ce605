import type { ComponentChildren } from 'preact';

interface SelectProps {
  label: string;
  value: string;
  options: readonly string[];
  /** The word for «no choice». */
  any: string;
  onChange(value: string): void;
}

export const Select = ({ label, value, options, any, onChange }: SelectProps) => (
  <label>
    <span>{label}</span>
    <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{any}</option>
      {/* An address may name what is no longer there. */}
      {(options.includes(value) || value === '' ? options : [value, ...options]).map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  </label>
);

interface TextProps {
  label: string;
  value: string;
  placeholder?: string;
  onChange(value: string): void;
}

/** Takes effect on Enter, or when it is left. */
export const TextFilter = ({ label, value, placeholder, onChange }: TextProps) => (
  <label>
    <span>{label}</span>
    <input
      key={value}
      type="search"
      defaultValue={value}
      placeholder={placeholder}
      spellcheck={false}
      autocomplete="off"
      onChange={(event) => onChange(event.currentTarget.value.trim())}
    />
  </label>
);

export const Filters = ({ children }: { children: ComponentChildren }) => (
  <form class="filters" onSubmit={(event) => event.preventDefault()} aria-label="Filters">
    {children}
  </form>
);

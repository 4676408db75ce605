import { useId } from 'preact/hooks';
import { type Field, typeOf } from '../../api/openapi.ts';
import { isJson } from './values.ts';

interface InputProps {
  field: Field;
  value: string;
  fault: string | undefined;
  onChange(value: string): void;
}

const longText = 500;

const Control = ({
  field,
  value,
  fault,
  onChange,
  id,
  hintId,
}: InputProps & { id: string; hintId: string }) => {
  const { schema, isRequired, place } = field;
  const type = typeOf(schema);
  const common = {
    id,
    value,
    required: isRequired && place !== 'body',
    'aria-invalid': fault !== undefined,
    'aria-describedby': hintId,
    onInput: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  const words = schema.enum ?? (type === 'boolean' ? [true, false] : undefined);
  if (words !== undefined) {
    return (
      <select {...common}>
        {(!isRequired || value === '') && <option value="">–</option>}
        {words.map((word) => (
          <option key={String(word)} value={String(word)}>
            {String(word)}
          </option>
        ))}
      </select>
    );
  }
  if (isJson(field))
    return <textarea {...common} rows={Math.min(12, value.split('\n').length + 1)} spellcheck={false} />;
  if ((schema.maxLength ?? 0) > longText) return <textarea {...common} rows={3} />;
  const isNumber = type === 'number' || type === 'integer';
  return <input {...common} inputMode={isNumber ? 'decimal' : 'text'} autocomplete="off" />;
};

const whatIs = ({ schema, isRequired }: Field): string => {
  const parts = [typeOf(schema), isRequired ? 'required' : 'optional'];
  return parts.join(', ');
};

/** One field of a call, made from its schema, with what the answer said of it. */
export const Input = (props: InputProps) => {
  const { field, fault } = props;
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>
        <span>
          <code>{field.name}</code> <span class="soft">{whatIs(field)}</span>
        </span>
      </label>
      <Control {...props} id={id} hintId={hintId} />
      <p id={hintId} class={fault === undefined ? 'soft hint' : 'hint hint-fault'}>
        {fault ?? field.description}
      </p>
    </div>
  );
};

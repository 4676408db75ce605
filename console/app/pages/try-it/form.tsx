import { useState } from 'preact/hooks';
import { type ApiError, exchange, type Answer as HttpAnswer } from '../../api/client.ts';
import type { Call, Field } from '../../api/openapi.ts';
import { Failure } from '../../view/empty.tsx';
import { visible } from '../../view/format.ts';
import { Answer } from './answer.tsx';
import { Input } from './input.tsx';
import { firstValues, keyOf, prepare, rememberId, type Values } from './values.ts';

export interface Sent {
  answer: HttpAnswer;
  tookMs: number;
  isCommand: boolean;
}

/** What a problem document says of single fields, by their names. */
const faultsOf = ({ body }: HttpAnswer, fields: readonly Field[]): Record<string, string> => {
  const { errors = [] } = (typeof body === 'object' && body !== null ? body : {}) as {
    errors?: { path: string; message: string }[];
  };
  return Object.fromEntries(
    errors.flatMap(({ path, message }) => {
      const field = fields.find(({ name }) => path === name || path.startsWith(`${name}.`));
      const where = field !== undefined && path !== field.name ? `${path.slice(field.name.length + 1)} ` : '';
      return field === undefined ? [] : [[keyOf(field), visible(`${where}${message}`)]];
    }),
  );
};

const newId = (): Record<string, string> =>
  // Only pages from https or this machine have it; elsewhere the system makes the id.
  typeof crypto.randomUUID === 'function' ? { 'x-correlation-id': crypto.randomUUID() } : {};

const useSend = (call: Call) => {
  const [values, setValues] = useState<Values>(() => firstValues(call));
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [sent, setSent] = useState<Sent>();
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);

  const send = async (): Promise<void> => {
    const { path, query, headers, body, faults: ownFaults } = prepare(call, values);
    setFaults(ownFaults);
    if (Object.keys(ownFaults).length > 0) return;
    setBusy(true);
    setError(undefined);
    const startedAt = performance.now();
    try {
      const answer = await exchange(call.method, path, {
        query,
        headers: { ...headers, ...newId() },
        ...(body === undefined ? {} : { body }),
      });
      rememberId(call, answer.body);
      setFaults(faultsOf(answer, call.fields));
      setSent({ answer, tookMs: performance.now() - startedAt, isCommand: call.method !== 'GET' });
    } catch (caught) {
      setError(caught as ApiError);
    } finally {
      setBusy(false);
    }
  };
  return { values, setValues, faults, sent, error, isBusy, send };
};

const Group = ({
  title,
  fields,
  values,
  faults,
  onChange,
}: {
  title: string;
  fields: readonly Field[];
  values: Values;
  faults: Record<string, string>;
  onChange(key: string, value: string): void;
}) => {
  if (fields.length === 0) return null;
  const inputs = fields.map((field) => (
    <Input
      key={keyOf(field)}
      field={field}
      value={values[keyOf(field)] ?? ''}
      fault={faults[keyOf(field)]}
      onChange={(value) => onChange(keyOf(field), value)}
    />
  ));
  const isFilled = fields.some((field) => faults[keyOf(field)] !== undefined || field.isRequired);
  if (title === '') return <div class="fields">{inputs}</div>;
  return (
    <details open={isFilled}>
      <summary>{title}</summary>
      <div class="fields">{inputs}</div>
    </details>
  );
};

export const CallForm = ({ call }: { call: Call }) => {
  const { values, setValues, faults, sent, error, isBusy, send } = useSend(call);
  const submit = (event: Event): void => {
    event.preventDefault();
    void send();
  };
  const group = {
    values,
    faults,
    onChange: (key: string, value: string) => setValues({ ...values, [key]: value }),
  };
  const isPlain = ({ place, isRequired }: Field): boolean =>
    place === 'path' || (place === 'body' && isRequired);
  const isFurther = ({ place, isRequired }: Field): boolean => place === 'body' && !isRequired;
  return (
    <>
      <form onSubmit={submit} class="call" aria-label={call.key}>
        <p class="call-key">
          <strong>{call.method}</strong> <code>{call.path}</code>
        </p>
        {call.summary !== '' && <p>{call.summary}</p>}
        {call.description !== '' && <p class="soft">{call.description}</p>}
        <Group title="" fields={call.fields.filter(isPlain)} {...group} />
        <Group title="Optional fields" fields={call.fields.filter(isFurther)} {...group} />
        <Group title="Parameters" fields={call.fields.filter(({ place }) => place === 'query')} {...group} />
        <Group title="Headers" fields={call.fields.filter(({ place }) => place === 'header')} {...group} />
        <p class="buttons">
          <button type="submit" class="primary" disabled={isBusy}>
            {isBusy ? 'Sending …' : 'Send'}
          </button>
        </p>
      </form>
      {error !== undefined && <Failure error={error} />}
      {sent !== undefined && <Answer sent={sent} />}
    </>
  );
};

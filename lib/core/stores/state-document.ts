// The document of a state-stored aggregate: its state, and what the machine keeps beside it.
// Guarantees: a state that was read has today's shape, whichever release wrote the document. One of a newer release is
// not read: written back, it would lose what this code does not know of.
import { bringUp, type StateShape } from '../shape.ts';
import type { Loaded } from './store.ts';

export interface StateFields {
  _id: string;
  version: number;
  /** Absent: 1. */
  schema_version?: number;
  created_at: Date;
  updated_at: Date;
}

/** A state with what the machine knows of it. */
export type StateDocument<S> = S & Omit<StateFields, 'schema_version'>;

/** @throws AppError `unknown_state` if the document is of a newer release, or does not fit what this one knows. */
export const readState = <S extends object>(
  shape: StateShape<S>,
  streamType: string,
  document: StateFields,
): Loaded<S> & Required<Omit<Loaded<S>, 'state'>> => {
  const { _id, version, schema_version = 1, created_at, updated_at, ...stored } = document;
  const described = { what: `The state of ${streamType}-${_id}`, code: 'unknown_state' } as const;
  return { state: bringUp(shape, schema_version, stored, described), version, created_at, updated_at };
};

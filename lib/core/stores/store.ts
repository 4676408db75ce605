// The port of both stores. Guarantees: at most one append per (stream, version); an append's events, its document
// and its keys become visible together or not at all; `recorded_at` never goes back within a stream.
// Not guaranteed: that a save which throws `unavailable` was not committed. A retry with the same key finds out.

import type { DomainEvent } from '../decider.ts';
import { AppError } from '../errors.ts';
import type { EventMetadata, RecordedEvent } from '../events.ts';
import type { ArrivedCommand } from './command-log.ts';

export interface Loaded<S> {
  state: S;
  /** 0 if nothing has happened yet. */
  version: number;
  created_at?: Date;
  updated_at?: Date;
}

export interface Append<S, E> {
  from: Loaded<S>;
  /** The state after `events`: what a state-stored document keeps, what a snapshot may keep. */
  next: S;
  events: E[];
  metadata: EventMetadata;
  /** The commands behind the events, for a store that keeps them. */
  commands?: ArrivedCommand[];
  /** The caller's key, if there is one: no other command takes effect under it. */
  key?: string;
  /** The ids of commands from a queue: none of them is appended a second time. */
  commandIds?: string[];
}

/** What a command with this key did before. */
export interface KeyedCommand {
  id: string;
  version: number;
  command_id: string;
  request_hash: string | undefined;
}

export interface AggregateStore<S, E extends DomainEvent> {
  streamType: string;
  /**
   * As the primary has it, which may be more than a majority of the nodes has yet: an append upon it is safe, since it
   * is committed after it. With `majority`, only what no fail-over can take back; after one, for a while, that may be
   * less than was acknowledged.
   */
  load(id: string, level?: 'local' | 'majority'): Promise<Loaded<S>>;
  /**
   * Keeps the events as the versions that follow `from.version`, and gives them back as recorded.
   * @throws AppError `version_conflict` if another append came first, `duplicate_command` if a key was used.
   */
  append(id: string, append: Append<S, E>): Promise<RecordedEvent<E>[]>;
  /** The command that used this key first, if any. */
  findByKey(key: string): Promise<KeyedCommand | undefined>;
  /** Those of the keys that an append fulfilled before. */
  findKeys(keys: string[]): Promise<Set<string>>;
  /** Keeps the key of a command that changed nothing. Gives what was kept under it before, if anything. */
  rememberUnchanged(key: string, command: KeyedCommand): Promise<KeyedCommand | undefined>;
}

export const keyReused = (): AppError =>
  new AppError('idempotency_key_reused', 'This Idempotency-Key was used with another request');

export const versionConflict = (streamId: string, cause?: unknown): AppError =>
  new AppError('version_conflict', `${streamId} was changed by another command at the same time`, { cause });

export const duplicateCommand = (cause?: unknown): AppError =>
  new AppError('duplicate_command', 'A command with this key was handled before', { cause });

import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/client.ts';
import { Id } from './copy.tsx';

/** Nothing is there: says so, and what to do next. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    {children}
  </div>
);

export const Loading = () => (
  <p class="loading" role="status">
    Asking …
  </p>
);

/** What went wrong with this part of the page. */
export const Failure = ({ error, again }: { error: ApiError; again?: () => void }) => (
  <div class="failure" role="alert">
    <p>
      <strong>{error.problem?.title ?? 'That did not work'}.</strong> {error.message}
    </p>
    {error.problem?.errors?.map(({ path, message }) => (
      <p key={path}>
        <code>{path}</code> {message}
      </p>
    ))}
    {error.problem?.correlation_id !== undefined && (
      <p class="soft">
        Correlation id <Id id={error.problem.correlation_id} what="correlation id" whole />
      </p>
    )}
    {again !== undefined && (
      <button type="button" onClick={again}>
        Try again
      </button>
    )}
  </div>
);

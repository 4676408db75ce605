// The page's state is its address: a path under /console and a query. Links are plain links.
import { cell, useCell } from './live/cell.ts';

export const base = '/console';

export interface Place {
  /** The path below /console, decoded: `['aggregate', 'Ticket-…']`. */
  path: string[];
  query: Record<string, string>;
}

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const here = (): Place => ({
  path: location.pathname.slice(base.length).split('/').filter(Boolean).map(decode),
  query: Object.fromEntries(new URLSearchParams(location.search)),
});

const place = cell<Place>(here());

export const usePlace = (): Place => useCell(place);

type Query = Record<string, string | number | undefined>;

/** The address of a page: `to('aggregate', id)`. What is undefined or empty in the query is left out. */
export const to = (path: readonly string[] | string, query: Query = {}): string => {
  const segments = (typeof path === 'string' ? [path] : path).filter((segment) => segment !== '');
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  const search = set.length === 0 ? '' : `?${new URLSearchParams(set)}`;
  return [base, ...segments.map(encodeURIComponent)].join('/') + search;
};

/** Goes to an address of the console. `replace` leaves no step to go back to: for what changes while one types. */
export const go = (address: string, { replace = false } = {}): void => {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  place.set(here());
};

/** Changes the query of this page, keeping the rest. */
export const setQuery = (changes: Query, options?: { replace?: boolean }): void => {
  const { path, query } = here();
  go(to(path, { ...query, ...changes }), options);
};

const ownLink = (event: MouseEvent): string | undefined => {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const address = link?.getAttribute('href') ?? '';
  const isOurs = address === base || address.startsWith(`${base}/`) || address.startsWith(`${base}?`);
  return isOurs && !link?.hasAttribute('target') ? address : undefined;
};

/** Follows links within the console without loading it anew. */
export const startRouter = (): void => {
  document.addEventListener('click', (event) => {
    const address = ownLink(event);
    if (address === undefined) return;
    event.preventDefault();
    go(address);
    window.scrollTo(0, 0);
  });
  window.addEventListener('popstate', () => place.set(here()));
};

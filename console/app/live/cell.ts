// A value that the page follows: what changes it, redraws who uses it.
import { useEffect, useState } from 'preact/hooks';

export interface Cell<T> {
  get(): T;
  set(next: T): void;
  follow(listener: () => void): () => void;
}

export const cell = <T>(first: T): Cell<T> => {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export const useCell = <T>(source: Cell<T>): T => {
  const [, redraw] = useState({});
  useEffect(() => {
    // It may have changed between the drawing and now.
    redraw({});
    return source.follow(() => redraw({}));
  }, [source]);
  return source.get();
};

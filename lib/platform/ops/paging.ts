// Lists of the operators' API: the cursor stands in the body, and the next page as a link.
import type { HttpRequest } from '../http/request.ts';

/** The header with `rel="next"`, if there is a next page; `parameter` is what the cursor goes into. */
export const nextPage =
  (parameter: string) =>
  ({ next_cursor }: { next_cursor: unknown }, { path, query }: HttpRequest): Record<string, string> => {
    if (next_cursor === null) return {};
    const parameters = new URLSearchParams({ ...query, [parameter]: String(next_cursor) });
    return { link: `<${path}?${parameters}>; rel="next"` };
  };

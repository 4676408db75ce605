import type { ComponentChildren } from 'preact';

interface TableProps {
  label: string;
  heads: readonly string[];
  /** Rows of `Cells`. */
  children: ComponentChildren;
  /** Widths of the columns, so that nothing moves when the figures change. */
  widths?: readonly string[];
}

/** A table; on a narrow page each row is a small list of its own. */
export const Table = ({ label, heads, children, widths }: TableProps) => (
  <table class="rows" aria-label={label}>
    {widths !== undefined && (
      <colgroup>
        {widths.map((width, index) => (
          <col key={heads[index]} style={{ width }} />
        ))}
      </colgroup>
    )}
    <thead>
      <tr>
        {heads.map((head) => (
          <th key={head} scope="col">
            {head}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>{children}</tbody>
  </table>
);

interface CellProps {
  /** The column's head, which stands beside the value if there is no room for columns. */
  of: string;
  class?: string;
  children?: ComponentChildren;
}

export const Cell = ({ of, class: name = '', children }: CellProps) => (
  <td class={name} data-of={of}>
    <div>{children}</div>
  </td>
);

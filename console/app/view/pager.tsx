interface PagerProps {
  /** Addresses; absent if there is no such page. */
  first?: string | undefined;
  next?: string | undefined;
  nextWord: string;
  firstWord: string;
}

/** To the next page, and back to the first: the list itself never grows. */
export const Pager = ({ first, next, firstWord, nextWord }: PagerProps) =>
  first === undefined && next === undefined ? null : (
    <nav class="pager" aria-label="Pages of the list">
      {first !== undefined && <a href={first}>{firstWord}</a>}
      {next !== undefined && <a href={next}>{nextWord}</a>}
    </nav>
  );

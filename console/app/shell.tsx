import { useEffect, useRef } from 'preact/hooks';
import { access } from './api/token.ts';
import { useCell } from './live/cell.ts';
import { useMetrics } from './live/metrics.ts';
import { findPage, pages } from './pages/pages.tsx';
import { to, usePlace } from './router.ts';
import { AwayNotice, Status } from './status.tsx';
import { TokenForm } from './token-form.tsx';

/** On a narrow page the current one may lie beside what is seen of the list. By hand: `scrollIntoView` moves the focus. */
const useInView = (current: string) => {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    const link = list.current?.querySelector('[aria-current]')?.getBoundingClientRect();
    const seen = list.current?.getBoundingClientRect();
    if (list.current === null || link === undefined || seen === undefined) return;
    list.current.scrollLeft += Math.max(0, link.right - seen.right) + Math.min(0, link.left - seen.left);
  }, [current]);
  return list;
};

const Navigation = ({ current }: { current: string }) => (
  <nav aria-label="Pages" ref={useInView(current)}>
    <ul>
      {pages
        .filter(({ isListed }) => isListed)
        .map(({ name, title }) => (
          <li key={name}>
            <a href={to(name)} data-title={title} aria-current={name === current ? 'page' : undefined}>
              {title}
            </a>
          </li>
        ))}
    </ul>
  </nav>
);

/** A new page is told to a screen reader, and begins at its heading. */
const useArrival = (path: string, title: string): void => {
  useEffect(() => {
    document.title = `${title} · Tandem`;
    const isFirst = document.activeElement === document.body || document.activeElement === null;
    if (!isFirst) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [path, title]);
};

export const Shell = () => {
  const { path, query } = usePlace();
  const page = findPage(path);
  const may = useCell(access);
  useMetrics(page.name === '' ? 2_000 : 5_000);
  useArrival(path.join('/'), page.title);
  return (
    <>
      <a class="skip" href="#page">
        Skip to the page
      </a>
      <header>
        <a class="brand" href={to('')}>
          <svg viewBox="0 0 32 24" width="28" height="21" aria-hidden="true">
            <circle cx="9" cy="15" r="6" />
            <circle cx="23" cy="15" r="6" />
            <path d="M6 3h20" />
          </svg>
          Tandem
        </a>
        <Navigation current={page.listedAs ?? page.name} />
        <Status />
      </header>
      <AwayNotice />
      <main id="page">
        {may === 'open' ? <page.Body path={path.slice(1)} query={query} /> : <TokenForm reason={may} />}
      </main>
    </>
  );
};

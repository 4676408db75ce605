// The table of pages: what stands in the navigation, and who draws it.
import type { FunctionComponent } from 'preact';
import { Actions } from './actions/actions.tsx';
import { Aggregate } from './aggregate/aggregate.tsx';
import { Flow } from './flow/flow.tsx';
import { Letters } from './letters/letter.tsx';
import { Event } from './log/event.tsx';
import { Log } from './log/log.tsx';
import { ReadModels } from './models/models.tsx';
import { Trace } from './trace/trace.tsx';
import { TryIt } from './try-it/try-it.tsx';

export interface PageProps {
  /** The path behind the page's name. */
  path: string[];
  query: Record<string, string>;
}

interface Page {
  /** The first part of the path. */
  name: string;
  title: string;
  isListed: boolean;
  /** The page in the navigation that this one belongs to. */
  listedAs?: string;
  Body: FunctionComponent<PageProps>;
}

const NotFound = () => (
  <>
    <h1 tabIndex={-1}>No such page</h1>
    <p>Nothing stands at this address. The pages are listed above.</p>
  </>
);

const notFound: Page = { name: 'not-found', title: 'No such page', isListed: false, Body: NotFound };

export const pages: readonly Page[] = [
  { name: '', title: 'Flow', isListed: true, Body: Flow },
  { name: 'log', title: 'Log', isListed: true, Body: Log },
  { name: 'trace', title: 'Trace', isListed: true, Body: Trace },
  { name: 'aggregate', title: 'Aggregate', isListed: true, Body: Aggregate },
  { name: 'dead-letters', title: 'Dead letters', isListed: true, Body: Letters },
  { name: 'read-models', title: 'Read models', isListed: true, Body: ReadModels },
  { name: 'actions', title: 'Actions', isListed: true, Body: Actions },
  { name: 'try-it', title: 'Try it', isListed: true, Body: TryIt },
  { name: 'event', title: 'Event', isListed: false, listedAs: 'log', Body: Event },
];

export const findPage = ([name = '']: readonly string[]): Page =>
  pages.find((page) => page.name === name) ?? notFound;

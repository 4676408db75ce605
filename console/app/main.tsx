import { render } from 'preact';
import { startClock } from './live/clock.ts';
import { startRouter } from './router.ts';
import { Shell } from './shell.tsx';
import './style/main.css';

startClock();
startRouter();
const root = document.getElementById('console');
if (root !== null) render(<Shell />, root);

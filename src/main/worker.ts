import { WORKER } from '../app.ts';
import { runProcess } from './serve.ts';

await runProcess('worker', WORKER);

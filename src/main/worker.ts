import { WORKER } from '../app-role.ts';
import { runProcess } from './serve.ts';

await runProcess('worker', WORKER);

import { ALL } from '../app.ts';
import { runProcess } from './serve.ts';

await runProcess('all', ALL);

import { ALL } from '../app-role.ts';
import { runProcess } from './serve.ts';

await runProcess('all', ALL);

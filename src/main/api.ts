import { API } from '../app-role.ts';
import { runProcess } from './serve.ts';

await runProcess('api', API);

import { API } from '../app.ts';
import { runProcess } from './serve.ts';

await runProcess('api', API);

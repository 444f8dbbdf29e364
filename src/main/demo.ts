import { demoOptions } from '../demo/demo-options.ts';
import { runDemo } from '../demo/run-demo.ts';
import { endOnSignal, exitWith, listen } from './serve.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  const options = demoOptions(process.argv.slice(2));
  const { app, agrees } = await runDemo(options, print);
  if (options.exit) {
    await app[Symbol.asyncDispose]();
    process.exit(agrees ? 0 : 1);
  }
  const { config } = app.ctx;
  await listen(app, config);
  endOnSignal(app, config);
  const address = `http://${config.host}:${config.port}`;
  print(
    `\nОткрыто: ${address}/demo — выберите, кто вы · ${address}/docs — API · ${address}/admin/queues — очередь. Ctrl-C — закончить.`,
  );
} catch (error) {
  exitWith(error);
}

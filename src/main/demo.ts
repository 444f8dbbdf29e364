import { configFromEnvironment } from '../config.ts';
import { demoOptions } from '../demo/demo-options.ts';
import { runDemo } from '../demo/run-demo.ts';
import { configOrExit } from './config-or-exit.ts';
import { Life } from './life.ts';
import { listen } from './listen.ts';
import { endWhereLost } from './serve.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

const options = configOrExit(() => demoOptions(process.argv.slice(2)));
const { limits } = configOrExit(() => configFromEnvironment('demo'));
// A run that ends after its summary counts as a command until then.
const life = new Life({ limitMs: limits.shutdownMs, serves: !options.exit });
try {
  const { app, agrees } = await runDemo(options, print, (starting) => life.own(starting));
  if (options.exit) await life.end(agrees ? 0 : 1);
  const { config } = app.ctx;
  endWhereLost(life, app);
  await listen(app, config);
  const address = `http://${config.host}:${config.port}`;
  print(
    `\nОткрыто: ${address}/demo — выберите, кто вы · ${address}/docs — API · ${address}/admin/queues — очередь. Ctrl-C — закончить.`,
  );
} catch (error) {
  await life.fail(error);
}

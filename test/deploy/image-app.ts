import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { AppName } from '#contracts';
import { eventually } from '../support/eventually.js';

const START_MS = 60_000;

/** One app, run from the image's folder as its container would run it. */
export class ImageApp {
  private constructor(
    readonly app: AppName,
    private readonly child: ChildProcess,
    private readonly port: number,
    private readonly log: string,
  ) {}

  static start(app: AppName, image: string, env: Record<string, string>): ImageApp {
    const log = path.join(path.dirname(image), `${app}.log`);
    const output = fs.openSync(log, 'w');
    const child = spawn(process.execPath, [`dist/apps/${app}/src/main.js`], {
      cwd: image,
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
      stdio: ['ignore', output, output],
    });
    fs.closeSync(output);
    return new ImageApp(app, child, Number(env.INTERNAL_PORT), log);
  }

  /** @throws Error with its log when it ends or does not become ready */
  async ready(): Promise<void> {
    await eventually(`${this.app} to be ready`, START_MS, async () => {
      if (this.child.exitCode !== null) return false;
      const url = `http://127.0.0.1:${this.port}/health/ready`;
      const response = await fetch(url).catch(() => undefined);
      await response?.arrayBuffer();
      return response?.status === 200 || undefined;
    });
    if (this.child.exitCode !== null) throw new Error(`${this.app} ended:\n${fs.readFileSync(this.log, 'utf8')}`);
  }

  /** Ends it as an orchestrator does. @returns its exit code, or the signal that it died of */
  async stop(): Promise<number | string | null> {
    if (this.child.exitCode !== null || this.child.signalCode) return this.child.exitCode ?? this.child.signalCode;
    const ended = once(this.child, 'exit') as Promise<[number | null, string | null]>;
    this.child.kill('SIGTERM');
    const [code, signal] = await ended;
    return code ?? signal;
  }
}

import { pbkdf2 } from 'node:crypto';
import { Controller, Module } from '@nestjs/common';
import { MessagePattern, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { AppConfig, Health, InternalListener, Log, readConfig, runMain, Shutdown, startService } from '../src/index.js';

/** What hashing many passwords at once does: every thread that could write for the process has work. */
function occupyThreads(): void {
  for (let i = 0; i < 16; i += 1) pbkdf2('x', 'y', 100_000, 64, 'sha512', () => undefined);
}

@Controller()
class SampleController {
  @MessagePattern('sample')
  answer(): string {
    return 'yes';
  }
}

/** A strategy that takes commands from nobody; it stays open until it is closed. */
class QuietServer extends Server implements CustomTransportStrategy {
  constructor(private readonly log: Log) {
    super();
  }

  listen(callback: () => void): void {
    this.log.info('the bus listens', { patterns: [...this.messageHandlers.keys()] });
    callback();
  }

  close(): void {
    this.log.info('the strategy closed');
  }

  on(): void {}

  unwrap<T>(): T {
    return undefined as T;
  }
}

@Module({
  controllers: [SampleController],
  providers: [{ provide: QuietServer, inject: [Log], useFactory: (log: Log) => new QuietServer(log) }],
})
class SampleModule {
  constructor(health: Health, shutdown: Shutdown, listener: InternalListener, log: Log) {
    health.register('broker', () => undefined);
    for (const phase of ['pools', 'bus', 'http', 'consumers'] as const) {
      shutdown.register(phase, phase, () => log.info(`stopped ${phase}`));
    }
    listener.route(
      'GET',
      '/crash',
      () => void setImmediate(() => void Promise.reject(new Error('a forgotten promise'))),
    );
    listener.route('GET', '/busy', (_, answer) => {
      occupyThreads();
      answer.end();
    });
    listener.onUpgrade('/socket', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nhello'));
  }
}

void runMain(async () => {
  const config = readConfig(AppConfig);
  await startService(SampleModule, { app: 'sample', config, strategy: QuietServer });
});

import fs from 'node:fs';
import { Command } from 'commander';
import { renderNatsConf, type NatsConfOptions } from '#bus';

/** `gatehouse nats-conf`: the broker's configuration on stdout, for the place and keys given as JSON on stdin. */
export const natsConfCommand = (): Command =>
  new Command('nats-conf').description('print the configuration of nats-server').action(() => {
    const options = JSON.parse(fs.readFileSync(0, 'utf8')) as NatsConfOptions;
    process.stdout.write(renderNatsConf(options));
  });

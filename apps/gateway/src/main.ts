import 'reflect-metadata';
import { BootModule, readConfig, runMain, supervise } from '#boot';
import { startGateway } from './gateway.js';
import { GatewayConfig } from './gateway.config.js';

await runMain(async () => {
  const config = readConfig(GatewayConfig);
  const gateway = await startGateway(config);
  supervise(gateway.app, config);
  const { publicPort, internalPort } = gateway;
  BootModule.logOf('gateway', config).info('ready', { public_port: publicPort, internal_port: internalPort });
});

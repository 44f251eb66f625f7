import 'reflect-metadata';
import { readConfig, runMain } from '#boot';
import { startMailStandIn } from './mail/mail-stand-in.js';
import { startProvidersStandIn } from './providers/providers-stand-in.js';
import { StandInsConfig } from './stand-ins.config.js';
import { startSigningStores } from './storefront/signed/start-signing-stores.js';
import { startStorefrontStandIn } from './storefront/storefront-stand-in.js';

await runMain(async () => {
  const config = readConfig(StandInsConfig);
  const mail = await startMailStandIn({
    smtpPort: config.mailSmtpPort,
    httpPort: config.mailHttpPort,
    records: config.mailRecords,
  });
  const storefront = await startStorefrontStandIn({
    port: config.storefrontPort,
    pingUrl: config.gumroadPingUrl,
    retryScale: config.gumroadRetryScale,
  });
  const providers = await startProvidersStandIn({
    port: config.providersPort,
    registration: { client_id: config.providersClientId, client_secret: config.providersClientSecret },
    extensionSecret: config.extensionSecret,
  });
  const stores = await startSigningStores(config);
  const running = [mail, storefront, providers, ...stores];
  const leave = () => void Promise.all(running.map((standIn) => standIn.close())).finally(() => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, leave);
});

import { AppConfig } from './app.config.js';
import { EnvInt, EnvUrl } from './env-decorators.js';

/** What an app with a database of its own is told on top. */
export class DataAppConfig extends AppConfig {
  @EnvUrl('DATABASE_URL', {
    schemes: ['postgres', 'postgresql'],
    secret: true,
    description: 'This app’s own database.',
  })
  databaseUrl!: string;

  @EnvInt('DATABASE_POOL_SIZE', { default: 10, min: 1, max: 500, description: 'Connections of one replica.' })
  databasePoolSize!: number;
}

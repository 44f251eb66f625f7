import { connect } from '@nats-io/transport-node';
import pg from 'pg';

/** The floor's other side: one prepared select for each request. */
const [, , server, database] = process.argv;
const pool = new pg.Pool({ connectionString: database, max: 10 });
const nats = await connect({ servers: server, noAsyncTraces: true });
nats.subscribe('me', {
  callback: (_, message) => {
    const { id } = message.json<{ id: string }>();
    void pool
      .query({ name: 'me', text: 'select * from website_users where id = $1', values: [id] })
      .then(({ rows }) => message.respond(JSON.stringify(rows[0])));
  },
});
await nats.flush();
process.stdout.write('ready\n');

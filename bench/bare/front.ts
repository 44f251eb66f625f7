import { connect } from '@nats-io/transport-node';
import { fastify } from 'fastify';

/** The floor's HTTP side: one route, one request over the bus, nothing else. */
const nats = await connect({ servers: process.argv[2], noAsyncTraces: true });
const app = fastify();
app.get('/me', async (_, reply) => {
  const answer = await nats.request('me', JSON.stringify({ id: process.argv[3] }), { timeout: 5_000 });
  return reply.type('application/json').send(answer.string());
});
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
